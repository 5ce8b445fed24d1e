using Norris.Node;

namespace Norris.Terminal;

/// <summary>
/// Lines on their way to the node. Those that come while the last ones are being taken go together, so a program that writes a
/// hundred thousand of them is not sent one at a time; a single one goes at once. When the node has no room, whoever brings more waits.
/// </summary>
internal sealed class LineBatches(NodeLoop node)
{
    /// <summary>Bytes that may wait here before the reader does.</summary>
    private const int WaitingBytesMax = 256 * 1024;

    private readonly object _gate = new();
    private List<ReadOnlyMemory<byte>> _waiting = [];
    private int _waitingBytes;
    private Task<bool>? _sending;

    /// <summary>Takes a line; its bytes are copied. False when the node takes no more.</summary>
    public ValueTask<bool> AddAsync(ReadOnlyMemory<byte> line, CancellationToken cancellation)
    {
        Task<bool> sending;
        lock (_gate)
        {
            if (_sending is { IsCompleted: true })
            {
                return ValueTask.FromResult(false);
            }
            _waiting.Add(line.ToArray());
            _waitingBytes += line.Length;
            _sending ??= Task.Run(SendAllAsync, CancellationToken.None);
            if (_waitingBytes < WaitingBytesMax)
            {
                return ValueTask.FromResult(true);
            }
            sending = _sending;
        }
        return new ValueTask<bool>(sending.WaitAsync(cancellation));
    }

    /// <summary>Waits until all lines were taken, or the node takes no more.</summary>
    public async Task FlushAsync()
    {
        Task<bool>? sending;
        lock (_gate)
        {
            sending = _sending;
        }
        if (sending is not null)
        {
            await sending;
        }
    }

    private async Task<bool> SendAllAsync()
    {
        while (true)
        {
            List<ReadOnlyMemory<byte>> batch;
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _sending = null;
                    return true;
                }
                batch = _waiting;
                _waiting = [];
                _waitingBytes = 0;
            }
            if (!await SendAsync(batch))
            {
                return false;
            }
        }
    }

    private async Task<bool> SendAsync(List<ReadOnlyMemory<byte>> batch)
    {
        while (batch.Count > 0)
        {
            var input = new LinesInput(batch);
            node.Post(input);
            LinesResult result = await input.Taken;
            if (result.Room is null)
            {
                return false;
            }
            batch.RemoveRange(0, result.Count);
            await result.Room;
        }
        return true;
    }
}
