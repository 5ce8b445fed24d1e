using Norris.Load.Nodes;
using Norris.Load.Verification;

namespace Norris.Load.Faults;

/// <summary>
/// What a node prints with <c>--output json</c>, read on a thread of its own as fast as it comes, with the time of each line. How far it
/// is can be asked at any time; the lines themselves once it has ended.
/// </summary>
internal sealed class FaultOutput
{
    private readonly List<Printed> _lines = [];
    private readonly int[] _lastNumbers;
    private readonly TaskCompletionSource<string> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _epoch;
    private long _epochAt;
    private int _joined;
    private int _readies;
    private int _gaps;
    private int _lost;

    /// <summary>Starts to read.</summary>
    /// <param name="stream">The node's standard output.</param>
    /// <param name="nodes">How many nodes say something.</param>
    public FaultOutput(Stream stream, int nodes)
    {
        _lastNumbers = new int[nodes];
        // Whoever waits for an event that never came reports that; the exception itself is nobody's news.
        _ = _listening.Task.ContinueWith(task => task.Exception, TaskScheduler.Default);
        Ended = Task.Factory.StartNew(() => Read(stream), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Completes when the node prints no more.</summary>
    public Task Ended { get; }

    /// <summary>Where the node listens.</summary>
    public Task<string> Listening => _listening.Task;

    /// <summary>How often the node said that it is in a view.</summary>
    public int Readies => Volatile.Read(ref _readies);

    /// <summary>How many joined, as the node saw it.</summary>
    public int Joined => Volatile.Read(ref _joined);

    /// <summary>How many were lost, as the node saw it.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>How often the node missed something.</summary>
    public int Gaps => Volatile.Read(ref _gaps);

    /// <summary>The highest epoch of a printed message.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    /// <summary>When the first message of <see cref="Epoch"/> was read.</summary>
    public long EpochAt => Volatile.Read(ref _epochAt);

    /// <summary>All lines, once <see cref="Ended"/> is complete.</summary>
    public IReadOnlyList<Printed> Lines => Ended.IsCompleted ? _lines : throw new InvalidOperationException("The node still prints.");

    /// <summary>The number of the last printed message of a sender.</summary>
    public int LastNumber(int sender) => Volatile.Read(ref _lastNumbers[sender]);

    private void Read(Stream stream)
    {
        try
        {
            PrintedLines.Read(stream, Take);
        }
        finally
        {
            _listening.TrySetException(new ViolationException("a node ended its output before it said where it listens"));
        }
    }

    private void Take(ReadOnlySpan<byte> line, long at)
    {
        if (Printed.TryRead(line, at, out Printed printed))
        {
            _lines.Add(printed);
            Count(printed);
            if (PrintedLine.IsType(line, "joined"u8))
            {
                Volatile.Write(ref _joined, _joined + 1);
            }
        }
        else if (PrintedLine.IsType(line, "listening"u8) && PrintedLine.ReadText(line, ",\"address\":\""u8) is { } address)
        {
            _listening.TrySetResult(address);
        }
    }

    private void Count(in Printed printed)
    {
        switch (printed.Type)
        {
            case PrintedType.Message:
                if ((uint)printed.Entry.Sender < _lastNumbers.Length)
                {
                    Volatile.Write(ref _lastNumbers[printed.Entry.Sender], printed.Entry.Number);
                }
                if ((long)printed.Epoch > _epoch)
                {
                    Volatile.Write(ref _epochAt, printed.At);
                    Volatile.Write(ref _epoch, (long)printed.Epoch);
                }
                break;
            case PrintedType.Lost:
                Volatile.Write(ref _lost, _lost + 1);
                break;
            case PrintedType.Gap:
                Volatile.Write(ref _gaps, _gaps + 1);
                break;
            case PrintedType.Ready:
                Volatile.Write(ref _readies, _readies + 1);
                break;
            default:
                break;
        }
    }
}
