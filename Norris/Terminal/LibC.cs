using System.Runtime.InteropServices;

namespace Norris.Terminal;

/// <summary>
/// The few calls of the C library that .NET does not offer: a terminal's mode and size, and reads and writes that report
/// their error. Linux only. The binary is linked statically, so its project binds them at link time
/// (<c>&lt;DirectPInvoke Include="libc" /&gt;</c>): there is no library to load at run time. All parameters are blittable,
/// which needs neither generated nor unsafe code. Numbers are those of Linux on x86-64 and arm64.
/// </summary>
internal static class LibC
{
    /// <summary>Interrupted by a signal: try again.</summary>
    public const int Eintr = 4;

    /// <summary>Input or output error; for a terminal: it is gone.</summary>
    public const int Eio = 5;

    /// <summary>Would block: wait, and try again.</summary>
    public const int Eagain = 11;

    /// <summary>No space left.</summary>
    public const int Enospc = 28;

    /// <summary>Nobody reads any more.</summary>
    public const int Epipe = 32;

    /// <summary>There is data to read.</summary>
    public const short PollIn = 1;

    /// <summary>There is room to write.</summary>
    public const short PollOut = 4;

    /// <summary>The signal that stops a process from the terminal, which may do something before.</summary>
    public const int Sigtstp = 20;

    /// <summary>The signal that stops a process whatever it does.</summary>
    public const int Sigstop = 19;

    /// <summary>The request for a terminal's size.</summary>
    public const nuint Tiocgwinsz = 0x5413;

    /// <summary>Reads up to <paramref name="count"/> bytes; -1 on an error.</summary>
    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    public static extern nint Read(int descriptor, ref byte buffer, nint count);

    /// <summary>Writes up to <paramref name="count"/> bytes; -1 on an error.</summary>
    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    public static extern nint Write(int descriptor, ref byte buffer, nint count);

    /// <summary>Waits until a descriptor is ready or the time is up (milliseconds; -1 for ever); the number of ready ones, or -1.</summary>
    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static extern int Poll(ref PollDescriptor first, nuint count, int timeoutMs);

    /// <summary>Reads a terminal's mode; -1 when this is no terminal.</summary>
    [DllImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static extern int GetTerminalAttributes(int descriptor, ref byte termios);

    /// <summary>Sets a terminal's mode.</summary>
    [DllImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static extern int SetTerminalAttributes(int descriptor, int when, ref byte termios);

    /// <summary>The command that asks for a descriptor's flags, and the flag that closes it when another program takes over the process.</summary>
    public const int FcntlGetFlags = 1;

    /// <summary>See <see cref="FcntlGetFlags"/>.</summary>
    public const int CloseOnExec = 1;

    /// <summary>Asks about a descriptor; -1 when it is none.</summary>
    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static extern int Fcntl(int descriptor, int command, int argument);

    /// <summary>Asks a device for something.</summary>
    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static extern int Ioctl(int descriptor, nuint request, ref byte argument);

    /// <summary>A descriptor that becomes readable when 8 bytes are written to it.</summary>
    [DllImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static extern int EventDescriptor(uint initial, int flags);

    /// <summary>The limit on open descriptors, for <see cref="GetResourceLimit"/>.</summary>
    public const int ResourceDescriptors = 7;

    /// <summary>Reads one of the process's limits; -1 on an error.</summary>
    [DllImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    public static extern int GetResourceLimit(int resource, ref ResourceLimit limit);

    /// <summary>Sets one of the process's limits; -1 on an error.</summary>
    [DllImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    public static extern int SetResourceLimit(int resource, ref ResourceLimit limit);

    /// <summary>Ends the process at once, with nothing run any more.</summary>
    [DllImport("libc", EntryPoint = "_exit")]
    public static extern void ExitNow(int status);

    /// <summary>Closes a descriptor.</summary>
    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    public static extern int Close(int descriptor);

    /// <summary>The process that started this one.</summary>
    [DllImport("libc", EntryPoint = "getppid")]
    public static extern int GetParent();

    /// <summary>The session of a process, 0 being the caller; -1 when there is none that may be known.</summary>
    [DllImport("libc", EntryPoint = "getsid", SetLastError = true)]
    public static extern int GetSession(int process);

    /// <summary>The group (in a shell, the job) of a process, 0 being the caller; -1 when there is none that may be known.</summary>
    [DllImport("libc", EntryPoint = "getpgid", SetLastError = true)]
    public static extern int GetGroup(int process);

    /// <summary>Sends a signal; process 0 is the caller's whole group, as the terminal itself does it.</summary>
    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static extern int Kill(int process, int signal);
}

/// <summary>What <see cref="LibC.Poll"/> is to wait for, and what it found: <c>struct pollfd</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    /// <summary>The descriptor.</summary>
    public int Descriptor;

    /// <summary>What to wait for.</summary>
    public short Wanted;

    /// <summary>What there is.</summary>
    public short Found;
}

/// <summary>A limit of the process: <c>struct rlimit</c>.</summary>
/// <param name="Soft">What holds.</param>
/// <param name="Hard">How far it may be lifted without rights.</param>
[StructLayout(LayoutKind.Sequential)]
internal record struct ResourceLimit(ulong Soft, ulong Hard);
