using Norris.Load.Nodes;
using Norris.Load.Verification;

namespace Norris.Load.Networks;

/// <summary>
/// Types messages into a node's pipe, on a thread of its own: what is said while the node does not take it waits here, and is the next
/// write.
/// </summary>
internal sealed class NodeVoice : Voice, IDisposable
{
    private const int WriteBytes = 64 * 1024;

    private readonly LocalNode _node;
    private readonly int _textBytes;
    private readonly object _gate = new();
    private int _sent;
    private int _asked;
    private bool _isOver;

    /// <summary>Begins.</summary>
    public NodeVoice(int number, IEnumerable<Observer> established, LocalNode node, int textBytes)
        : base(number, established)
    {
        (_node, _textBytes) = (node, textBytes);
        Ended = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Completes when it types nothing more.</summary>
    public Task Ended { get; }

    /// <inheritdoc/>
    public override void End(string why)
    {
        base.End(why);
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <inheritdoc/>
    protected override void Send(int message)
    {
        lock (_gate)
        {
            _asked = message;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        byte[] lines = new byte[Math.Max(1, WriteBytes / (_textBytes + 1)) * (_textBytes + 1)];
        while (TryWait(out int last))
        {
            int filled = 0;
            while (_sent < last && filled < lines.Length)
            {
                StormText.Write(lines.AsSpan(filled, _textBytes), Number, ++_sent);
                lines[filled + _textBytes] = (byte)'\n';
                filled += _textBytes + 1;
            }
            try
            {
                _node.Input.Write(lines.AsSpan(0, filled));
                _node.Input.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The node is gone, which whoever waits for its messages is told.
                base.End("its node is gone");
                return;
            }
        }
    }

    private bool TryWait(out int last)
    {
        lock (_gate)
        {
            while (_asked == _sent && !_isOver)
            {
                Monitor.Wait(_gate);
            }
            last = _asked;
            return !_isOver;
        }
    }
}
