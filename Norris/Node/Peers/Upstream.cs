using System.Buffers;
using System.Globalization;
using System.Net;
using Norris.Http;
using Norris.Protocol.Messages;
using Norris.Transport;
using Norris.Wire;

namespace Norris.Node.Peers;

/// <summary>
/// One following of another node's log: opens the stream, takes frames off it and hands them to the loop, the bytes where they came in.
/// The next read waits until the loop has taken the last one, so a node that falls behind slows its host's writes and nothing else.
/// </summary>
internal sealed class Upstream(
    StreamId stream, NodeLoop loop, PeerAddresses addresses, Dialer dialer, NodeSettings settings, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly BatchInput _batch = new(stream);

    /// <summary>Which following this is.</summary>
    public StreamId Stream => stream;

    /// <summary>Follows until the stream ends or <see cref="Stop"/>; says to the loop how it ended.</summary>
    public async Task RunAsync(string address, FollowRequest request)
    {
        ExchangeFailure failure = await FollowAsync(address, request);
        loop.Post(new UpstreamClosedInput(stream, failure));
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    /// <summary>Follows no more.</summary>
    public void Stop()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }
    }

    private async Task<ExchangeFailure> FollowAsync(string address, FollowRequest request)
    {
        using var deadline = new CancellationTokenSource(settings.ExchangeTimeout, time);
        using var opening = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, deadline.Token);
        (IPEndPoint? endPoint, ExchangeFailure failure) = await addresses.FindAsync(address, opening.Token);
        if (endPoint is null)
        {
            return failure;
        }
        await using var origin = new HttpOrigin(endPoint, dialer, HttpLimits.Default, time);
        (RequestOutcome dialled, HttpClientConnection? connection) = await origin.ConnectAsync(settings.ConnectTimeout, opening.Token);
        if (connection is null)
        {
            return PeerCalls.ToFailure(dialled);
        }
        await using (connection)
        {
            await connection.SendAsync(Encode(request), opening.Token);
            RequestOutcome outcome = await connection.ReadHeadAsync(opening.Token);
            if (outcome != RequestOutcome.Answered)
            {
                return deadline.IsCancellationRequested ? ExchangeFailure.TimedOut : PeerCalls.ToFailure(outcome);
            }
            PeerReply? reply = connection.Status == 200 && PeerReplies.IsOurs(connection.Headers)
                ? new FollowAccepted(stream)
                : PeerReplies.Read(connection.Status, connection.Headers);
            if (reply is null)
            {
                return PeerReplies.FailureOf(connection.Status, connection.Headers);
            }
            loop.Post(new UpstreamAnsweredInput(stream, reply));
            return reply is FollowAccepted ? await ReadFramesAsync(connection) : ExchangeFailure.Reset;
        }
    }

    private static HttpRequest Encode(FollowRequest request)
    {
        string target = string.Create(
            CultureInfo.InvariantCulture,
            $"/v1/log?from={request.After.Sequence.Next}&member={request.Member}&network={request.Network:x16}&epoch={request.After.Epoch}&digest={request.After.Digest}&promised={request.Promised}{(request.Relay.IsNone ? "" : $"&relay={request.Relay}")}{(request.Without.IsNone ? "" : $"&without={request.Without}")}");
        return PeerCalls.WithHops(
            new HttpRequest(RequestMethod.Get, target).AddHeader("authorization", $"Bearer {request.Token}"), request.Hops);
    }

    private async Task<ExchangeFailure> ReadFramesAsync(HttpClientConnection connection)
    {
        try
        {
            while (true)
            {
                ContentRead read = await connection.ReadContentAsync(_stop.Token);
                if (!read.IsOk)
                {
                    return ExchangeFailure.Reset;
                }
                ReadOnlySequence<byte> rest = read.Buffer;
                FrameStatus status;
                while ((status = await TakeFrameAsync(rest)) == FrameStatus.Read)
                {
                    rest = rest.Slice(_batch.Consumed);
                }
                connection.AdvanceContentTo(rest.Start, rest.End);
                if (status == FrameStatus.Malformed)
                {
                    return ExchangeFailure.NotNorris;
                }
                if (read.IsCompleted)
                {
                    return ExchangeFailure.Reset;
                }
            }
        }
        catch (OperationCanceledException)
        {
            return ExchangeFailure.Reset;
        }
    }

    private async ValueTask<FrameStatus> TakeFrameAsync(ReadOnlySequence<byte> source)
    {
        FrameStatus status = LogFrame.TryRead(source, out LogFrame frame, out int headerBytes);
        if (status != FrameStatus.Read)
        {
            return status;
        }
        if (frame.Kind == LogFrameKind.End)
        {
            _batch.Consumed = headerBytes;
            loop.Post(new UpstreamEndedInput(stream, frame.End));
            return FrameStatus.Read;
        }
        if (source.Length < headerBytes + frame.Batch.Bytes)
        {
            return FrameStatus.NeedsMore;
        }
        await _batch.HandOverAsync(frame.Batch, source.Slice(headerBytes, frame.Batch.Bytes), loop);
        _batch.Consumed = headerBytes + frame.Batch.Bytes;
        return FrameStatus.Read;
    }
}
