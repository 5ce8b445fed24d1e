using System.Diagnostics;
using Norris.Load.Verification;

namespace Norris.Load.Faults;

/// <summary>Types numbered messages at the nodes in turn, so many a second in all, and never at those that are to be silent.</summary>
internal sealed class Talk : IDisposable
{
    private const int TextBytes = 32;
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(5);

    private readonly IReadOnlyList<FaultNode> _nodes;
    private readonly int _rate;
    private readonly int[] _typed;
    private readonly bool[] _isSilent;
    private readonly Lock _gate = new();
    private readonly Task _talking;
    private bool _isOver;

    /// <summary>Begins.</summary>
    public Talk(IReadOnlyList<FaultNode> nodes, int rate)
    {
        _nodes = nodes;
        _rate = rate;
        _typed = new int[nodes.Count];
        _isSilent = new bool[nodes.Count];
        _talking = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>How many messages were typed at each node until now.</summary>
    public int[] Typed
    {
        get
        {
            lock (_gate)
            {
                return [.. _typed];
            }
        }
    }

    /// <summary>Types nothing more at a node, or goes on to.</summary>
    public void Silence(int node, bool isSilent = true)
    {
        lock (_gate)
        {
            _isSilent[node] = isSilent;
        }
    }

    /// <summary>Stops.</summary>
    public async Task EndAsync()
    {
        lock (_gate)
        {
            _isOver = true;
        }
        await _talking;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
        }
    }

    private void Run()
    {
        Span<byte> line = stackalloc byte[TextBytes + 1];
        line[^1] = (byte)'\n';
        long start = Stopwatch.GetTimestamp();
        long said = 0;
        int node = 0;
        while (true)
        {
            long due = (long)(Stopwatch.GetElapsedTime(start).TotalSeconds * _rate);
            lock (_gate)
            {
                if (_isOver)
                {
                    return;
                }
                for (; said < due; said++)
                {
                    node = NextAfter(node);
                    Say(node, line);
                }
            }
            Thread.Sleep(Beat);
        }
    }

    private int NextAfter(int node)
    {
        int next = node;
        do
        {
            next = (next + 1) % _nodes.Count;
        }
        while (_isSilent[next] && next != node);
        return next;
    }

    private void Say(int node, Span<byte> line)
    {
        if (_isSilent[node])
        {
            return;
        }
        try
        {
            StormText.Write(line[..TextBytes], node, _typed[node] + 1);
            _nodes[node].Type(line);
            _typed[node]++;
        }
        catch (IOException)
        {
            // The node is gone, which whoever waits for its messages reports.
            _isSilent[node] = true;
        }
    }
}
