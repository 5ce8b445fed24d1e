using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.CompilerServices;
using Norris.Transport;

namespace Norris.Http;

/// <summary>
/// One connection of a server, one request after another: read a head, let the application answer, finish the content, go on.
/// Pipelined requests wait in the input, where back-pressure bounds them, and are answered in their order.
/// </summary>
internal sealed class HttpServerConnection : IThreadPoolWorkItem, IDisposable
{
    private readonly HttpServer _server;
    private readonly Connection _connection;
    private readonly HttpLimits _limits;
    private readonly RequestParser _parser;
    private readonly Deadline _deadline;
    private readonly ContentReader _content;
    private readonly ResponseWriter _response;
    private readonly HttpExchange _exchange;
    private readonly Func<ValueTask> _sendContinue;

    /// <param name="server">Whose it is.</param>
    /// <param name="connection">What it serves.</param>
    /// <param name="address">What its peer's connections are counted by; null when they are not.</param>
    public HttpServerConnection(HttpServer server, Connection connection, IPAddress? address)
    {
        Address = address;
        _server = server;
        _connection = connection;
        _limits = server.Limits;
        _parser = new RequestParser(_limits);
        _deadline = new Deadline(server.Clock, connection.Input.CancelPendingRead);
        _content = new ContentReader(connection, _limits, server.Clock, _deadline);
        _response = new ResponseWriter(connection, _parser.Head, _content, _limits, server.Date, server.Clock, server.Stopping);
        _exchange = new HttpExchange(connection, _parser.Head, _content, _response, server);
        _sendContinue = _response.SendContinueAsync;
    }

    private enum HeadOutcome
    {
        Ready,
        Rejected,
        Closed,
    }

    /// <summary>What the peer's connections are counted by; null when they are not.</summary>
    public IPAddress? Address { get; }

    /// <summary>Tells a connection that rests to look whether the server stops.</summary>
    public void Wake() => _connection.Input.CancelPendingRead();

    /// <summary>Ends the connection at once.</summary>
    public void Abort() => _connection.Abort();

    /// <summary>Serves the connection to its end.</summary>
    public void Execute() => _ = RunAsync();

    /// <summary>Stops the timers; the connection does it itself when it ends.</summary>
    public void Dispose()
    {
        _deadline.Dispose();
        _response.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            bool isFirst = true;
            while (await ServeAsync(isFirst))
            {
                isFirst = false;
            }

            await _connection.CloseAsync(_limits.LingerTimeout);
        }
        catch (Exception e)
        {
            _server.Report(e);
        }
        finally
        {
            Dispose();
            await _connection.DisposeAsync();
            _server.Remove(this);
        }
    }

    /// <summary>One exchange. False when it was the last one.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ServeAsync(bool isFirst)
    {
        _parser.Reset();
        _response.Begin();
        _content.Begin(default, 0, 0);
        (HeadOutcome outcome, RejectionReason reason) = await ReadHeadAsync(isFirst ? _limits.HeadTimeout : _limits.KeepAliveIdleTimeout);
        if (outcome == HeadOutcome.Closed)
        {
            return false;
        }

        _exchange.Begin();
        if (outcome == HeadOutcome.Ready)
        {
            reason = BeginContent();
        }

        if (reason != RejectionReason.None)
        {
            if (reason == RejectionReason.TlsNotSpoken)
            {
                _server.TlsSpoken?.Invoke(_connection.RemoteEndPoint);
            }

            _response.EndConnection(); // where this request ends, and the next one begins, is not certain
            await _exchange.RejectAsync(reason);
            return false;
        }

        bool hasFailed = await AnswerAsync();
        return await FinishAsync(hasFailed);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<(HeadOutcome Outcome, RejectionReason Reason)> ReadHeadAsync(TimeSpan timeout)
    {
        bool hasBegun = false;
        _deadline.Set(timeout);
        try
        {
            while (true)
            {
                if (!hasBegun && _server.Stopping.IsCancellationRequested)
                {
                    return (HeadOutcome.Closed, RejectionReason.None);
                }

                ReadResult read = await _connection.Input.ReadAsync();
                ReadOnlySequence<byte> buffer = read.Buffer;
                bool isEmpty = buffer.IsEmpty;
                ParseStatus status = _parser.Parse(ref buffer, out RejectionReason reason);
                _connection.Input.AdvanceTo(buffer.Start, status == ParseStatus.Incomplete ? read.Buffer.End : buffer.Start);
                if (status != ParseStatus.Incomplete)
                {
                    return (status == ParseStatus.Complete ? HeadOutcome.Ready : HeadOutcome.Rejected, reason);
                }

                if (!isEmpty && !hasBegun)
                {
                    hasBegun = true;
                    _deadline.Set(_limits.HeadTimeout);
                }

                if (read.IsCompleted)
                {
                    return hasBegun && _connection.InputEnd == ConnectionEnd.Finished
                        ? (HeadOutcome.Rejected, RejectionReason.MessageTruncated)
                        : (HeadOutcome.Closed, RejectionReason.None);
                }

                if (_deadline.HasExpired)
                {
                    return hasBegun
                        ? (HeadOutcome.Rejected, RejectionReason.HeadTimeout)
                        : (HeadOutcome.Closed, RejectionReason.None);
                }
            }
        }
        finally
        {
            _deadline.Forget();
        }
    }

    /// <summary>Makes the content ready, and meets the client's expectation (RFC 9110 section 10.1.1; in HTTP/1.0 there is none).</summary>
    private RejectionReason BeginContent()
    {
        _content.Begin(_parser.Framing, _limits.ContentBytesMax, _limits.ContentRateMinBytesPerSecond);
        _content.BeforeFirstRead = null;
        if (_parser.Head.Fields.TryGet("content-encoding"u8, out ReadOnlySpan<byte> coding) && !System.Text.Ascii.EqualsIgnoreCase(coding, "identity"u8))
        {
            return RejectionReason.ContentCodingUnsupported;
        }

        if (_parser.Head.MinorVersion == 0 || !_parser.Head.Fields.TryGet("expect"u8, out ReadOnlySpan<byte> expectation))
        {
            return RejectionReason.None;
        }

        if (!System.Text.Ascii.EqualsIgnoreCase(expectation, "100-continue"u8))
        {
            return RejectionReason.ExpectationUnknown;
        }

        if (!_content.HasEnded)
        {
            _response.OwesContinue = true;
            _content.BeforeFirstRead = _sendContinue;
        }

        return RejectionReason.None;
    }

    /// <summary>Lets the application answer. True when it failed.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> AnswerAsync()
    {
        try
        {
            await _server.Application(_exchange);
            return false;
        }
        catch (OperationCanceledException) when (_connection.Closed.IsCancellationRequested)
        {
            return true; // the peer is gone, and the handler has noticed
        }
        catch (Exception e)
        {
            _server.Report(e);
            return true;
        }
        finally
        {
            _content.LetGo();
        }
    }

    /// <summary>Brings the response and the content to their ends. True when the connection can go on.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FinishAsync(bool hasFailed)
    {
        if (_response.HasStarted && hasFailed)
        {
            _connection.Abort(); // a response that breaks off must not look whole
            return false;
        }

        if (!_response.HasStarted)
        {
            _response.ClearFields();
            if (_content.Failure == RejectionReason.None && !hasFailed)
            {
                _server.Report(new InvalidOperationException("A handler returned without a response."));
            }

            await _exchange.RejectAsync(_content.Failure == RejectionReason.None ? RejectionReason.HandlerFailed : _content.Failure);
        }

        if (_response.Stream is { IsCompleted: false } stream)
        {
            await stream.CompleteAsync();
        }

        return _response.KeepsConnection && await DrainAsync();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> DrainAsync()
    {
        if (_content.HasEnded && _content.Failure == RejectionReason.None)
        {
            return await _content.DrainAsync(0);
        }

        _content.BeforeFirstRead = null;
        _content.BytesMax = long.MaxValue;
        _content.RateMinBytesPerSecond = 0;
        _deadline.Set(_limits.DrainTimeout);
        try
        {
            return await _content.DrainAsync(_limits.DrainBytesMax);
        }
        finally
        {
            _deadline.Clear();
        }
    }
}
