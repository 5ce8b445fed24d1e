using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Norris.Transport;

/// <summary>Sends a queue of segments through a socket with as few vectored sends as the kernel allows: one, nearly always.</summary>
internal sealed class SocketOutput(SocketConnection connection, Socket socket, int blockBytes, Traffic? traffic) : ConnectionOutput(blockBytes), IDisposable
{
    private readonly SocketOperation _send = new();

    /// <inheritdoc/>
    public void Dispose() => _send.Dispose();

    /// <inheritdoc/>
    protected override ValueTask<FlushOutcome> SendAsync(List<ArraySegment<byte>> segments, CancellationToken cancellationToken)
    {
        if (segments.Count == 0)
        {
            return new(connection.IsSendable ? FlushOutcome.Flushed : FlushOutcome.Closed);
        }

        if (cancellationToken.IsCancellationRequested)
        {
            connection.Abort();
            return new(FlushOutcome.Closed);
        }

        ValueTask<SocketError> send = SendOnce(segments);
        if (!send.IsCompletedSuccessfully)
        {
            return SendRestAsync(send, segments, cancellationToken);
        }

        SocketError error = send.Result;
        if (error != SocketError.Success || _send.BytesTransferred != Sum(segments))
        {
            return SendRestAsync(new(error), segments, cancellationToken);
        }

        traffic?.Sent(_send.BytesTransferred);
        return new(FlushOutcome.Flushed);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushOutcome> SendRestAsync(
        ValueTask<SocketError> send, List<ArraySegment<byte>> segments, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration abort = cancellationToken.UnsafeRegister(
            static connection => ((SocketConnection)connection!).Abort(), connection);
        while (true)
        {
            if (await send != SocketError.Success)
            {
                connection.Abort();
                return FlushOutcome.Closed;
            }

            int sentBytes = _send.BytesTransferred;
            traffic?.Sent(sentBytes);
            if (sentBytes == Sum(segments))
            {
                return FlushOutcome.Flushed;
            }

            segments = Without(segments, sentBytes);
            send = SendOnce(segments);
        }
    }

    private ValueTask<SocketError> SendOnce(List<ArraySegment<byte>> segments)
    {
        if (segments.Count == 1)
        {
            _send.BufferList = null;
            _send.SetBuffer(segments[0].Array, segments[0].Offset, segments[0].Count);
        }
        else
        {
            _send.SetBuffer(null, 0, 0);
            _send.BufferList = segments;
        }

        return _send.SendAsync(socket);
    }

    /// <summary>What is left of <paramref name="segments"/> once the first <paramref name="sentBytes"/> bytes are gone.</summary>
    private static List<ArraySegment<byte>> Without(List<ArraySegment<byte>> segments, int sentBytes)
    {
        List<ArraySegment<byte>> rest = new(segments.Count);
        foreach (ArraySegment<byte> segment in segments)
        {
            int skipped = Math.Min(sentBytes, segment.Count);
            sentBytes -= skipped;
            if (skipped < segment.Count)
            {
                rest.Add(segment[skipped..]);
            }
        }

        return rest;
    }

    private static int Sum(List<ArraySegment<byte>> segments)
    {
        int bytes = 0;
        foreach (ArraySegment<byte> segment in segments)
        {
            bytes += segment.Count;
        }

        return bytes;
    }
}
