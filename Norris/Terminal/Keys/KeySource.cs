using System.Runtime.InteropServices;

namespace Norris.Terminal.Keys;

/// <summary>
/// Waits for bytes from the terminal, in a way that another thread can end: a read of a terminal blocks for good, so it polls
/// the terminal together with a descriptor that <see cref="Stop"/> makes ready.
/// </summary>
internal sealed class KeySource : IDisposable
{
    private readonly int _stop = LibC.EventDescriptor(0, 0);

    /// <summary>Reads what there is, at least one byte; 0 when the time is up, -1 when there is nothing more to come.</summary>
    /// <param name="buffer">Takes the bytes.</param>
    /// <param name="timeoutMs">How long to wait, in milliseconds; -1 for ever.</param>
    public int Read(Span<byte> buffer, int timeoutMs)
    {
        Span<PollDescriptor> wait =
        [
            new PollDescriptor { Descriptor = StandardStreams.Input, Wanted = LibC.PollIn },
            new PollDescriptor { Descriptor = _stop, Wanted = LibC.PollIn },
        ];
        while (true)
        {
            int ready = LibC.Poll(ref MemoryMarshal.GetReference(wait), (nuint)wait.Length, timeoutMs);
            if (ready == 0)
            {
                return 0;
            }
            if (ready < 0)
            {
                if (Marshal.GetLastPInvokeError() == LibC.Eintr)
                {
                    continue;
                }
                return -1;
            }
            if (wait[1].Found != 0)
            {
                return -1;
            }
            nint read = LibC.Read(StandardStreams.Input, ref MemoryMarshal.GetReference(buffer), buffer.Length);
            if (read > 0)
            {
                return (int)read;
            }
            // 0 and EIO: the terminal is gone.
            if (read == 0 || Marshal.GetLastPInvokeError() is not (LibC.Eintr or LibC.Eagain))
            {
                return -1;
            }
        }
    }

    /// <summary>Ends the reading, now and later.</summary>
    public void Stop()
    {
        Span<byte> one = stackalloc byte[8];
        one[0] = 1;
        _ = LibC.Write(_stop, ref MemoryMarshal.GetReference(one), one.Length);
    }

    /// <summary>Closes the descriptor; nobody reads any more.</summary>
    public void Dispose() => _ = LibC.Close(_stop);
}
