using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Norris.Api;
using Norris.Http;
using Norris.Load.Compare;
using Norris.Load.Nodes;
using Norris.Node;
using Norris.Node.Delivery;
using Norris.Options;
using Norris.Transport;

namespace Norris.Load.Crowd;

/// <summary>
/// A whole node in this program: the code that ships, wired as the program wires it, on real sockets of the loopback device, but for the terminal
/// and the process. It takes part in everything, relaying and taking over included.
/// </summary>
internal sealed class CrowdNode : IAsyncDisposable
{
    private readonly Listener _listener;
    private readonly NodeLoop _loop;
    private readonly HttpServer _server;
    private readonly FeedReader _events;
    private readonly Speaker _speaker;
    private readonly Task _reading;

    /// <summary>A node that listens, and is not in a view yet.</summary>
    /// <param name="options">What it was told; see <see cref="OptionsOf"/>.</param>
    /// <param name="speaker">What it has to say.</param>
    /// <param name="receipt">Gets every line of its output.</param>
    public CrowdNode(NodeOptions options, Speaker speaker, PrintedReceipt receipt)
    {
        _speaker = speaker;
        _listener = Listener.Bind(options.Listen, ConnectionLimits.Default, TimeProvider.System);
        Address = _listener.LocalEndPoint.ToString();
        _loop = new NodeLoop(NodeProcess.SettingsOf(options, Address, _listener.LocalEndPoint.Port), TimeZoneInfo.Utc, TimeProvider.System, NullLogger.Instance);
        _server = new HttpServer(_listener, new NodeApplication(_loop, TimeProvider.System).AnswerAsync, HttpLimits.Default, TimeProvider.System);
        _events = _loop.Presenter.Json.Subscribe(isWaitedFor: true, long.MaxValue);
        _reading = ReadAsync(receipt);
        _server.Start();
    }

    /// <summary>Where it listens.</summary>
    public string Address { get; }

    /// <summary>When it was in the view, in ticks of the stopwatch; 0 before.</summary>
    public long InAt { get; private set; }

    /// <summary>Why it is no member any more, in one line; null while it is, or is not yet.</summary>
    public string? End => _loop.Ended is { IsCompletedSuccessfully: true } ended ? $"{ended.Result.Reason}: {ended.Result.Line}" : null;

    /// <summary>What a node of a crowd is told, as a command line says it.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="join">Whom it joins through.</param>
    /// <param name="more">Further options, with blanks between them.</param>
    /// <exception cref="ArgumentException">A node does not take these options; the message says which and why.</exception>
    public static NodeOptions OptionsOf(string name, string join, string more)
    {
        // All of them together are one process, so that each holds as little of the log as a node can.
        ParsedOptions parsed = OptionsParser.Parse(
            ["--listen", "127.0.0.1:0", "--name", name, "--join", join, "--retention", "1MiB", .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries)], static _ => null);
        return parsed.IsRunnable ? parsed.Options : throw new ArgumentException(parsed.Finished.Text.Trim());
    }

    /// <summary>Joins; completes when it is in the view.</summary>
    public async Task JoinAsync()
    {
        _loop.Start();
        await Task.WhenAny(_loop.Ready, _loop.Ended);
        InAt = Stopwatch.GetTimestamp();
    }

    /// <summary>Says all that it has to say, as lines that come from a pipe.</summary>
    public async Task TalkAsync()
    {
        _speaker.Allowed = _speaker.Total;
        var lines = new LineBatch();
        byte[] text = new byte[_speaker.TextBytes];
        while (_speaker.HasMore)
        {
            _speaker.Say(text);
            lines.Add(text);
        }
        for (int next = 0; next < lines.Count;)
        {
            var input = new LinesInput(lines, next, isTyped: false);
            _loop.Post(input);
            (next, Task? room) = await input.Taken;
            if (room is null)
            {
                return;
            }
            await room;
        }
    }

    /// <summary>How far its log goes, and whether it ever missed something.</summary>
    public async Task<CrowdPosition> PositionAsync()
    {
        var query = new QueryInput<CrowdPosition>(
            static loop => new CrowdPosition(
                new NodePosition(loop.Core.Log.Last.Value, loop.Core.Log.Digest.ToString(), loop.Core.View.BySeniority.Count), !loop.Core.Relay.IsNone),
            default);
        _loop.Post(query);
        return await query.Answer;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _loop.DisposeAsync();
        _listener.Dispose();
        _loop.Presenter.Complete();
        await _reading;
        _events.Dispose();
    }

    private async Task ReadAsync(PrintedReceipt receipt)
    {
        byte[] buffer = [];
        int filled = 0;
        while (!_events.IsAtEnd)
        {
            ReadOnlyMemory<byte> bytes = _events.Read();
            if (bytes.IsEmpty)
            {
                await _events.WaitAsync(CancellationToken.None);
                continue;
            }
            if (buffer.Length < filled + bytes.Length)
            {
                Array.Resize(ref buffer, filled + bytes.Length);
            }
            bytes.CopyTo(buffer.AsMemory(filled));
            filled += bytes.Length;
            int taken = PrintedLines.TakeLines(buffer.AsSpan(0, filled), receipt.Take);
            buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
            filled -= taken;
        }
    }
}
