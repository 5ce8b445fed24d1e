using Norris.Node;
using Norris.Protocol;

namespace Norris.Terminal;

/// <summary>
/// Lines on their way to the node. Those that come while the last ones are being taken go together, so a program that writes a
/// hundred thousand of them is not sent one at a time; a single one goes at once. When the node has no room, whoever brings more waits.
/// </summary>
/// <param name="node">Where they go.</param>
/// <param name="isTyped">Whether a person types them.</param>
internal sealed class LineBatches(NodeLoop node, bool isTyped)
{
    private readonly object _gate = new();
    private LineBatch _waiting = new();
    private LineBatch _taking = new();
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
            _waiting.Add(line.Span);
            _sending ??= Task.Run(SendAllAsync, CancellationToken.None);
            if (_waiting.Bytes < QueueLimits.TypedBytesMax)
            {
                return ValueTask.FromResult(true);
            }
            sending = _sending;
        }
        return new ValueTask<bool>(sending.WaitAsync(cancellation));
    }

    /// <summary>Bytes of lines that were read and that the node has not begun to take.</summary>
    public long WaitingBytes
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Bytes;
            }
        }
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
            lock (_gate)
            {
                if (_waiting.Count == 0)
                {
                    _sending = null;
                    return true;
                }
                (_waiting, _taking) = (_taking, _waiting);
            }
            if (!await SendAsync(_taking))
            {
                return false;
            }
            _taking.Clear();
        }
    }

    private async Task<bool> SendAsync(LineBatch batch)
    {
        int next = 0;
        while (next < batch.Count)
        {
            var input = new LinesInput(batch, next, isTyped);
            node.Post(input);
            LinesResult result = await input.Taken;
            if (result.Room is null)
            {
                return false;
            }
            next = result.Next;
            await result.Room;
        }
        return true;
    }
}
