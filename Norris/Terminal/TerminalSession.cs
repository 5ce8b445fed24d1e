using System.Buffers;
using Norris.Node;
using Norris.Node.Delivery;
using Norris.Options;
using Norris.Protocol;
using Norris.Protocol.Ordering;

namespace Norris.Terminal;

/// <summary>
/// The terminal's, or the pipe's, two ends at a node: lines in become messages and commands; events out become lines, in the form that
/// was asked for. If nobody reads the output, nothing is lost: the node makes no more of it meanwhile, and takes no more lines.
/// </summary>
internal sealed class TerminalSession
{
    private readonly NodeLoop _node;
    private readonly NodeOptions _options;
    private readonly OutputWriter _output;
    private readonly Prompt? _prompt;
    private readonly InputForm _form;
    private readonly LineBatches _lines;
    private readonly FeedReader? _reader;
    private readonly Task _printing;

    public TerminalSession(NodeLoop node, NodeOptions options, OutputWriter output)
    {
        _node = node;
        _options = options;
        _output = output;
        _form = options.Headless ? InputForm.Piped : StandardStreams.FindInputForm(Environment.GetEnvironmentVariable("TERM"));
        _lines = new LineBatches(node, isTyped: _form != InputForm.Piped);
        _prompt = _form == InputForm.Prompt ? new Prompt(output) : null;
        _reader = options.Output switch
        {
            OutputForm.Text => node.Presenter.Text.Subscribe(isWaitedFor: true, long.MaxValue),
            OutputForm.Json => node.Presenter.Json.Subscribe(isWaitedFor: true, long.MaxValue),
            _ => null,
        };
        node.Show(() => new QueueFill("typed", IsInBytes: true, _lines.WaitingBytes, QueueLimits.TypedBytesMax));
        node.Show(() => new QueueFill("entered", IsInBytes: false, _prompt?.EnteredCount ?? 0, QueueLimits.EnteredMax));
        node.Show(() => new QueueFill("screen", IsInBytes: true, output.WaitingBytes, QueueLimits.ScreenBytesMax));
        _printing = _reader is null ? Task.CompletedTask : PrintAsync(_reader);
    }

    /// <summary>Says where the node listens, before anything else.</summary>
    public void Announce(string listening, string address)
    {
        _node.Presenter.Listening(listening);
        if (_options.Output == OutputForm.Text)
        {
            // On the same machine the default port is taken by this node; elsewhere a node should be reachable, to be able to follow as host.
            string where = address.StartsWith("127.", StringComparison.Ordinal) ? "127.0.0.1:0" : "0.0.0.0:7000";
            _node.Presenter.Tell($"listening on {listening}; others join with: norris --listen {where} --join {address}");
            _node.Presenter.Tell("an open network: whoever reaches this address can read and speak");
        }
    }

    /// <summary>Reads lines until their end, /quit, or the cancellation; the exit status that follows from it.</summary>
    public async Task<int> ReadAsync(CancellationToken cancellation)
    {
        InputEnd end;
        if (_form == InputForm.Piped)
        {
            end = await ReadLinesAsync(_lines.AddAsync, cancellation);
        }
        else
        {
            var runner = new CommandRunner(Actions());
            end = _prompt is not null
                ? await _prompt.RunAsync(runner.RunAsync, leaving: cancellation, abandon: CancellationToken.None)
                : await ReadLinesAsync(runner.RunAsync, cancellation);
            if (_prompt is not null && end == InputEnd.Failed)
            {
                ReportUnreadable();
            }
        }
        await _lines.FlushAsync();
        return end == InputEnd.Failed ? 1 : 0;
    }

    /// <summary>Prints what is left and waits until it is written.</summary>
    public async Task CompleteAsync()
    {
        await _printing;
        _reader?.Dispose();
        await _output.CompleteAsync();
    }

    private static async Task<InputEnd> ReadLinesAsync(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<bool>> sink, CancellationToken cancellation)
    {
        try
        {
            await using Stream input = StandardStreams.OpenInput();
            return await new LineReader(input, Console.Error.WriteLine).RunAsync(sink, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            ReportUnreadable();
            return InputEnd.Failed;
        }
    }

    private static void ReportUnreadable() =>
        Console.Error.WriteLine("norris: standard input cannot be read; give --headless to run without it");

    private async Task PrintAsync(FeedReader reader)
    {
        while (true)
        {
            bool wasBehind = _node.Presenter.IsBehind;
            for (ReadOnlyMemory<byte> bytes = reader.Read(); !bytes.IsEmpty; bytes = reader.Read())
            {
                if (_prompt is not null)
                {
                    _prompt.Print(bytes.Span);
                    await _output.WaitForRoomAsync(CancellationToken.None);
                }
                else
                {
                    await _output.WriteAsync(bytes.Span, CancellationToken.None);
                }
            }
            if (wasBehind)
            {
                _node.Nudge();
            }
            if (reader.IsAtEnd)
            {
                return;
            }
            await reader.WaitAsync(CancellationToken.None);
        }
    }

    private CommandActions Actions() => new()
    {
        Send = _lines.AddAsync,
        Rename = async (name, _) =>
        {
            var input = new RenameInput(System.Text.Encoding.UTF8.GetBytes(name));
            _node.Post(input);
            return await input.Taken;
        },
        ShowMembers = async _ =>
        {
            var query = new QueryInput<byte[]?>(static loop =>
            {
                if (loop.Core.Self.IsNone)
                {
                    return null;
                }
                var lines = new ArrayBufferWriter<byte>(1024);
                TextEventWriter.WriteMembers(lines, Presenter.RosterOf(Snapshot.Of(loop.Core.View, loop.Core.Log)), loop.Core.Self);
                return lines.WrittenSpan.ToArray();
            }, null);
            _node.Post(query);
            Print(await query.Answer ?? "* not in a network yet\n"u8.ToArray());
        },
        Notify = line =>
        {
            var lines = new ArrayBufferWriter<byte>(128);
            TextEventWriter.WriteNotice(lines, line);
            Print(lines.WrittenSpan);
        },
    };

    private void Print(ReadOnlySpan<byte> lines)
    {
        if (_prompt is not null)
        {
            _prompt.Print(lines);
        }
        else
        {
            _output.Append(lines);
        }
    }
}
