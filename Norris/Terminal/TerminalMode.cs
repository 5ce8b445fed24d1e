using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Norris.Terminal;

/// <summary>
/// The mode of the terminal on standard input: <see cref="TryEnterRaw"/> makes it give every key at once and echo none,
/// <see cref="Restore"/> puts back what was there before. Output stays as it is, so that what the process prints by other
/// ways (diagnostics) still begins its lines at the left. Any thread may call, in any order, more than once.
/// </summary>
internal sealed class TerminalMode
{
    /// <summary>Room for <c>struct termios</c>, in bytes: 60 with glibc and musl on Linux.</summary>
    public const int TermiosBytesMax = 128;

    // struct termios on Linux (x86-64 and arm64): four words of flags, the line discipline, the control characters.
    private const int InputFlags = 0;
    private const int LocalFlags = 12;
    private const int ControlCharacters = 17;
    private const int Vtime = 5;
    private const int Vmin = 6;

    // BRKINT, INPCK, ISTRIP, INLCR, IGNCR, ICRNL, IXON: bytes come as they are, and Ctrl-S stops nothing.
    private const uint InputFlagsOff = 0x2 | 0x10 | 0x20 | 0x40 | 0x80 | 0x100 | 0x400;

    // ISIG, ICANON, ECHO, ECHONL, IEXTEN: no line editing, no echo, no signals by keys.
    private const uint LocalFlagsOff = 0x1 | 0x2 | 0x8 | 0x40 | 0x8000;

    private const int AfterOutput = 1;

    private readonly object _gate = new();
    private readonly byte[] _before = new byte[TermiosBytesMax];
    private bool _isRaw;
    private bool _isClosed;

    /// <summary>Enters raw mode, again after the shell took the terminal back too; false when standard input is no terminal, or <see cref="Close"/> was called.</summary>
    public bool TryEnterRaw()
    {
        lock (_gate)
        {
            if (_isClosed || (!_isRaw && LibC.GetTerminalAttributes(StandardStreams.Input, ref _before[0]) != 0))
            {
                return false;
            }
            byte[] raw = [.. _before];
            Clear(raw.AsSpan(InputFlags), InputFlagsOff);
            Clear(raw.AsSpan(LocalFlags), LocalFlagsOff);
            raw[ControlCharacters + Vmin] = 1;
            raw[ControlCharacters + Vtime] = 0;
            _isRaw = LibC.SetTerminalAttributes(StandardStreams.Input, AfterOutput, ref raw[0]) == 0;
            return _isRaw;
        }
    }

    /// <summary>Puts back the mode of before; does nothing when it is there.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            if (_isRaw)
            {
                _ = LibC.SetTerminalAttributes(StandardStreams.Input, 0, ref _before[0]);
                _isRaw = false;
            }
        }
    }

    /// <summary>Puts back the mode of before, for good; true for the first caller.</summary>
    public bool Close()
    {
        lock (_gate)
        {
            bool isFirst = !_isClosed;
            _isClosed = true;
            Restore();
            return isFirst;
        }
    }

    /// <summary>How large the terminal on standard output is; null when it does not know, as a serial line.</summary>
    public static TerminalSize? Size()
    {
        Span<byte> size = stackalloc byte[8];
        int result = LibC.Ioctl(StandardStreams.Output, LibC.Tiocgwinsz, ref MemoryMarshal.GetReference(size));
        int rows = BinaryPrimitives.ReadUInt16LittleEndian(size);
        int columns = BinaryPrimitives.ReadUInt16LittleEndian(size[2..]);
        return result == 0 && columns > 0 && rows > 0 ? new TerminalSize(columns, rows) : null;
    }

    /// <summary>
    /// Whether there is a shell that continues what the terminal stops: in the same session, above the job that this process is in (POSIX: its
    /// process group is not orphaned). Who stops without one is never continued.
    /// </summary>
    public static bool CanBeContinued()
    {
        int group = LibC.GetGroup(0);
        int above = LibC.GetParent();
        while (above > 0 && LibC.GetGroup(above) == group)
        {
            above = ParentOf(above);
        }
        return above > 0 && LibC.GetSession(above) == LibC.GetSession(0);
    }

    // proc_pid_stat(5): the name, in parentheses, may contain anything; then come the state and the parent.
    private static int ParentOf(int process)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or IndexOutOfRangeException)
        {
            return 0;
        }
    }

    private static void Clear(Span<byte> flags, uint off) =>
        BinaryPrimitives.WriteUInt32LittleEndian(flags, BinaryPrimitives.ReadUInt32LittleEndian(flags) & ~off);
}
