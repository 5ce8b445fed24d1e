using System.Runtime.InteropServices;

namespace Norris.Load.Sockets;

/// <summary>
/// The calls behind <see cref="EventLoop"/>, epoll(7) and timerfd_create(2), which .NET does not offer by themselves. Numbers are those of
/// Linux; all parameters are blittable.
/// </summary>
internal static class Epoll
{
    /// <summary>There is data to read.</summary>
    public const uint In = 1;

    /// <summary>There is room to write.</summary>
    public const uint Out = 4;

    /// <summary>Adds a descriptor.</summary>
    public const int Add = 1;

    /// <summary>Removes a descriptor.</summary>
    public const int Delete = 2;

    /// <summary>Changes what is waited for.</summary>
    public const int Modify = 3;

    /// <summary>The clock that never goes back.</summary>
    public const int Monotonic = 1;

    /// <summary>Interrupted by a signal: wait again.</summary>
    public const int Eintr = 4;

    /// <summary>An instance; -1 on an error.</summary>
    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static extern int Create(int flags);

    /// <summary>Adds, changes or removes what is waited for.</summary>
    [DllImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static extern int Control(int epoll, int operation, int descriptor, [In] uint[] anEvent);

    /// <summary>Waits for up to so many milliseconds, -1 without end; returns how many events there are.</summary>
    [DllImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static extern int Wait(int epoll, [Out] uint[] events, int eventsMax, int milliseconds);

    /// <summary>A timer that is a descriptor.</summary>
    [DllImport("libc", EntryPoint = "timerfd_create", SetLastError = true)]
    public static extern int TimerCreate(int clock, int flags);

    /// <summary>Sets the timer: interval and first time, each seconds and nanoseconds.</summary>
    [DllImport("libc", EntryPoint = "timerfd_settime", SetLastError = true)]
    public static extern int TimerSet(int timer, int flags, [In] long[] times, nint before);

    /// <summary>Reads how often the timer went off.</summary>
    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    public static extern nint Read(int descriptor, ref ulong value, nuint count);

    /// <summary>Closes a descriptor.</summary>
    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    public static extern int Close(int descriptor);

    /// <summary>Words of 32 bits in one event: packed on x86-64, aligned elsewhere (epoll_ctl(2)).</summary>
    public static readonly int EventWords = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 3 : 4;

    /// <summary>The word in which an event holds the low half of its data.</summary>
    public static readonly int DataWord = EventWords - 2;
}
