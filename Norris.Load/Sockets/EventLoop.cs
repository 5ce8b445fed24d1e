using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Norris.Load.Sockets;

/// <summary>
/// One thread that serves any number of sockets as they become ready: the least that many connections can cost their program, so that what
/// is measured is the other side. Level-triggered epoll(7).
/// </summary>
internal sealed class EventLoop : IDisposable
{
    /// <summary>Bytes of <see cref="Buffer"/>.</summary>
    public const int BufferBytes = 256 * 1024;

    private const int EventsMax = 256;

    private readonly int _epoll = Epoll.Create(0);
    private readonly uint[] _events = new uint[EventsMax * Epoll.EventWords];
    private readonly uint[] _change = new uint[Epoll.EventWords];
    private readonly List<IReady?> _watched = [];
    private readonly List<int> _descriptors = [];
    private readonly Stack<int> _free = [];
    private readonly List<int> _timers = [];

    /// <summary>For whoever is served now, until it returns.</summary>
    public byte[] Buffer { get; } = new byte[BufferBytes];

    /// <summary>Watches a socket, which is set to not block.</summary>
    /// <returns>The handle for <see cref="Change"/> and <see cref="Remove"/>.</returns>
    public int Add(Socket socket, IReady ready, bool write)
    {
        socket.Blocking = false;
        int handle = Put(ready, (int)socket.Handle);
        Control(Epoll.Add, handle, write ? Epoll.In | Epoll.Out : Epoll.In);
        return handle;
    }

    /// <summary>Waits for room to write as well, or no more.</summary>
    public void Change(int handle, bool read, bool write) => Control(Epoll.Modify, handle, (read ? Epoll.In : 0) | (write ? Epoll.Out : 0));

    /// <summary>Watches a socket no more.</summary>
    public void Remove(int handle)
    {
        Control(Epoll.Delete, handle, 0);
        _watched[handle] = null;
        _free.Push(handle);
    }

    /// <summary>Calls <paramref name="tick"/> every <paramref name="interval"/>, to some microseconds, from now on.</summary>
    public void Every(TimeSpan interval, Action tick)
    {
        long nanoseconds = interval.Ticks * TimeSpan.NanosecondsPerTick;
        int timer = Epoll.TimerCreate(Epoll.Monotonic, 0);
        _timers.Add(timer);
        Control(Epoll.Add, Put(new Ticker(timer, tick), timer), Epoll.In);
        long[] times = [nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000, nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000];
        Check(Epoll.TimerSet(timer, 0, times, 0));
    }

    /// <summary>Serves until <paramref name="isDone"/>, which is asked after each round, at least ten times a second.</summary>
    public void RunUntil(Func<bool> isDone)
    {
        while (!isDone())
        {
            int count = Epoll.Wait(_epoll, _events, EventsMax, 100);
            if (count < 0 && Marshal.GetLastPInvokeError() != Epoll.Eintr)
            {
                Check(count);
            }
            for (int i = 0; i < count; i++)
            {
                Serve(_events[i * Epoll.EventWords], (int)_events[(i * Epoll.EventWords) + Epoll.DataWord]);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timers.ForEach(static timer => _ = Epoll.Close(timer));
        _ = Epoll.Close(_epoll);
    }

    private void Serve(uint ready, int handle)
    {
        // An error or the other side's end shows when reading, or when writing where nobody reads.
        if ((ready & ~Epoll.Out) != 0)
        {
            _watched[handle]?.Read();
        }
        if ((ready & Epoll.Out) != 0)
        {
            _watched[handle]?.Write();
        }
    }

    private int Put(IReady ready, int descriptor)
    {
        if (_free.TryPop(out int free))
        {
            (_watched[free], _descriptors[free]) = (ready, descriptor);
            return free;
        }
        _watched.Add(ready);
        _descriptors.Add(descriptor);
        return _watched.Count - 1;
    }

    private void Control(int operation, int handle, uint events)
    {
        Array.Clear(_change);
        (_change[0], _change[Epoll.DataWord]) = (events, (uint)handle);
        Check(Epoll.Control(_epoll, operation, _descriptors[handle], _change));
    }

    private sealed class Ticker(int timer, Action tick) : IReady
    {
        public void Read()
        {
            ulong times = 0;
            _ = Epoll.Read(timer, ref times, sizeof(ulong));
            tick();
        }

        public void Write()
        {
        }
    }

    private static void Check(int result)
    {
        if (result < 0)
        {
            throw new UnreachableException($"epoll: error {Marshal.GetLastPInvokeError()}");
        }
    }
}

/// <summary>Who is called when a socket is ready.</summary>
internal interface IReady
{
    /// <summary>There may be something to read, or the end.</summary>
    public void Read();

    /// <summary>There may be room to write.</summary>
    public void Write();
}
