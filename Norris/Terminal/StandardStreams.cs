using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Norris.Terminal;

/// <summary>What stands behind standard input and output, and the way to their bytes that hides no error.</summary>
internal static class StandardStreams
{
    /// <summary>The descriptor of standard input.</summary>
    public const int Input = 0;

    /// <summary>The descriptor of standard output.</summary>
    public const int Output = 1;

    /// <summary>The descriptor of standard error.</summary>
    public const int Error = 2;

    /// <summary>
    /// Whether the process was started with this descriptor. One that it opened by itself is marked to be closed when another program
    /// takes over, so one with that mark took the place of a stream that was closed: to read it would be to read something else.
    /// </summary>
    public static bool IsInherited(int descriptor) =>
        LibC.Fcntl(descriptor, LibC.FcntlGetFlags, 0) is >= 0 and var flags && (flags & LibC.CloseOnExec) == 0;

    /// <summary>How lines come from standard input.</summary>
    /// <param name="terminalType">The value of TERM, or null.</param>
    public static InputForm FindInputForm(string? terminalType)
    {
        if (!OperatingSystem.IsLinux() || !IsTerminal(Input))
        {
            return InputForm.Piped;
        }
        // Escape codes on a terminal that does not know them, or in a file, would only be noise.
        bool canDraw = terminalType is { Length: > 0 } and not "dumb" && IsTerminal(Output);
        return !canDraw ? InputForm.PlainTerminal : IsSimple(terminalType!) ? InputForm.Row : InputForm.Screen;
    }

    /// <summary>
    /// Whether a terminal of this type has no second screen to draw on, and does not mark what is pasted: the consoles of machines, serial lines, and the
    /// video terminals that they are taken for.
    /// </summary>
    public static bool IsSimple(string terminalType) =>
        terminalType is "linux" or "console" or "ansi" or "unknown" or "network" or "teletype" or "cons25" or "sun" || terminalType.StartsWith("vt", StringComparison.Ordinal)
        || terminalType.StartsWith("linux-", StringComparison.Ordinal);

    /// <summary>Whether what is printed on standard error lands among the lines of somebody who types at a terminal.</summary>
    /// <param name="terminalType">The value of TERM, or null.</param>
    public static bool DisturbsTyping(string? terminalType) => FindInputForm(terminalType) != InputForm.Piped && IsTerminal(Error);

    /// <summary>Standard input as a stream that neither buffers nor edits. It fails on reading, not on opening.</summary>
    /// <exception cref="IOException">Standard input is a directory or closed.</exception>
    /// <exception cref="UnauthorizedAccessException">Standard input cannot be read.</exception>
    public static Stream OpenInput() => new FileStream(new SafeFileHandle(Input, ownsHandle: false), FileAccess.Read, bufferSize: 0);

    /// <summary>
    /// Writes all bytes to a descriptor, waiting where it must; returns 0, or the error number. (.NET's own stream swallows
    /// a broken pipe, so that a node in <c>norris | head</c> would never learn that nobody reads.)
    /// </summary>
    public static int Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written = LibC.Write(descriptor, ref MemoryMarshal.GetReference(bytes), bytes.Length);
            if (written >= 0)
            {
                bytes = bytes[(int)written..];
                continue;
            }
            switch (Marshal.GetLastPInvokeError())
            {
                case LibC.Eintr:
                    break;
                case LibC.Eagain:
                    // Somebody who shares the descriptor made it non-blocking.
                    var wait = new PollDescriptor { Descriptor = descriptor, Wanted = LibC.PollOut };
                    _ = LibC.Poll(ref wait, 1, timeoutMs: -1);
                    break;
                case int error:
                    return error;
            }
        }
        return 0;
    }

    private static bool IsTerminal(int descriptor)
    {
        Span<byte> termios = stackalloc byte[TerminalMode.TermiosBytesMax];
        return LibC.GetTerminalAttributes(descriptor, ref MemoryMarshal.GetReference(termios)) == 0;
    }
}

/// <summary>How lines come from standard input.</summary>
internal enum InputForm
{
    /// <summary>A pipe or a file: every line is a message, and the end of it is the end.</summary>
    Piped,

    /// <summary>A person at a terminal that cannot draw, or whose output goes elsewhere: plain lines, and commands.</summary>
    PlainTerminal,

    /// <summary>A person at a terminal that draws, but has one screen only: lines, and a row below them to write in.</summary>
    Row,

    /// <summary>A person at a terminal: the whole screen.</summary>
    Screen,
}
