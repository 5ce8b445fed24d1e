using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;

namespace Norris.Transport.Secure;

/// <summary>
/// Lets in those who know the network's secret: shakes hands on every connection of another source, and hands over those of members only. A
/// handshake has a time limit, and so many may be unfinished at once; when there are more, the oldest one gives way, so that a crowd that
/// connects and says nothing keeps nobody out.
/// </summary>
internal sealed class SecureSource : IConnectionSource
{
    private readonly IConnectionSource _source;
    private readonly MemberCredentials _credentials;
    private readonly ConnectionLimits _limits;
    private readonly TimeProvider _clock;
    private readonly Channel<Connection> _members = Channel.CreateUnbounded<Connection>(new() { SingleReader = true });
    private readonly LinkedList<Connection> _unfinished = new();
    private readonly TaskCompletionSource _emptied = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _accepting;
    private bool _hasStopped;

    /// <param name="source">Where connections come from.</param>
    /// <param name="credentials">What to show and whom to believe.</param>
    /// <param name="limits">For handshakes and connections.</param>
    /// <param name="clock">For the time limit.</param>
    public SecureSource(IConnectionSource source, MemberCredentials credentials, ConnectionLimits limits, TimeProvider clock)
    {
        _source = source;
        _credentials = credentials;
        _limits = limits;
        _clock = clock;
    }

    /// <summary>What is sent to who speaks without TLS, before the connection is closed; nothing by default.</summary>
    public ReadOnlyMemory<byte> PlainAnswer { get; init; }

    /// <summary>Told of everybody who is not let in, and from where it came.</summary>
    public Action<HandshakeOutcome, System.Net.EndPoint?>? TurnedAway { get; init; }

    /// <summary>What became of the handshakes.</summary>
    public HandshakeCounts Counts { get; } = new();

    /// <summary>How many handshakes are unfinished.</summary>
    public int UnfinishedCount
    {
        get
        {
            lock (_unfinished)
            {
                return _unfinished.Count;
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<Connection?> AcceptAsync(CancellationToken cancellationToken)
    {
        _accepting ??= AcceptAllAsync(cancellationToken);
        try
        {
            return await _members.Reader.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            await StopAsync();
            return null;
        }
    }

    private async Task AcceptAllAsync(CancellationToken cancellationToken)
    {
        while (await _source.AcceptAsync(cancellationToken) is { } connection)
        {
            _ = ShakeHandsAsync(connection);
        }
        _members.Writer.TryComplete();
    }

    private LinkedListNode<Connection> Begin(Connection connection)
    {
        Connection? oldest = null;
        LinkedListNode<Connection> place;
        lock (_unfinished)
        {
            if (_unfinished.Count >= _limits.HandshakesMax)
            {
                oldest = _unfinished.First!.Value;
                _unfinished.RemoveFirst();
            }
            place = _unfinished.AddLast(connection);
        }
        oldest?.Abort();
        return place;
    }

    private async Task ShakeHandsAsync(Connection connection)
    {
        using var deadline = new CancellationTokenSource(_limits.HandshakeTimeout, _clock);
        LinkedListNode<Connection> place = Begin(connection);
        // Another thread shakes hands while this one accepts the next.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        System.Net.EndPoint? from = connection.RemoteEndPoint;
        TlsHandshake handshake;
        switch (await ReadFirstByteAsync(connection, deadline.Token))
        {
            case TlsRecord.Handshake:
                handshake = await TlsConnection.AcceptAsync(connection, _credentials, _limits, deadline.Token);
                break;
            case < 0:
                await connection.DisposeAsync();
                handshake = new(deadline.IsCancellationRequested ? HandshakeOutcome.TimedOut : HandshakeOutcome.Broken, null);
                break;
            default:
                await AnswerPlainAsync(connection, deadline.Token);
                handshake = new(HandshakeOutcome.NotTls, null);
                break;
        }
        HandshakeOutcome outcome = handshake.Outcome == HandshakeOutcome.Broken && HasGivenWay(place) ? HandshakeOutcome.GaveWay : handshake.Outcome;
        Counts.Count(outcome);
        if (!handshake.IsDone)
        {
            TurnedAway?.Invoke(outcome, from);
        }
        else if (!_members.Writer.TryWrite(handshake.Connection))
        {
            await handshake.Connection.DisposeAsync();
        }
        Finish(place);
    }

    /// <summary>Looks at the first byte without taking it; -1 when there is none.</summary>
    private static async ValueTask<int> ReadFirstByteAsync(Connection connection, CancellationToken cancellationToken)
    {
        try
        {
            ReadResult read = await connection.Input.ReadAsync(cancellationToken);
            int first = read.Buffer.IsEmpty ? -1 : read.Buffer.FirstSpan[0];
            connection.Input.AdvanceTo(read.Buffer.Start);
            return first;
        }
        catch (OperationCanceledException)
        {
            return -1;
        }
    }

    private async ValueTask AnswerPlainAsync(Connection connection, CancellationToken cancellationToken)
    {
        connection.Output.Write(PlainAnswer.Span);
        if (await connection.Output.FlushAsync(cancellationToken) == FlushOutcome.Flushed)
        {
            await connection.CloseAsync(_limits.RefusalLinger);
        }
        await connection.DisposeAsync();
    }

    private bool HasGivenWay(LinkedListNode<Connection> place)
    {
        lock (_unfinished)
        {
            return place.List is null;
        }
    }

    private void Finish(LinkedListNode<Connection> place)
    {
        lock (_unfinished)
        {
            if (place.List is not null)
            {
                _unfinished.Remove(place);
            }
            if (_hasStopped && _unfinished.Count == 0)
            {
                _emptied.TrySetResult();
            }
        }
    }

    /// <summary>Ends all handshakes, and lets go of members that nobody will serve any more.</summary>
    private async Task StopAsync()
    {
        _members.Writer.TryComplete();
        await _accepting!;
        Connection[] left;
        lock (_unfinished)
        {
            _hasStopped = true;
            left = [.. _unfinished];
            if (left.Length == 0)
            {
                _emptied.TrySetResult();
            }
        }
        foreach (Connection connection in left)
        {
            connection.Abort();
        }
        await _emptied.Task;
        while (_members.Reader.TryRead(out Connection? member))
        {
            await member.DisposeAsync();
        }
    }
}
