using System.Buffers;
using System.Globalization;
using Norris.Node;
using Norris.Node.Delivery;
using Norris.Options;
using Norris.Protocol;
using Norris.Terminal.Commands;
using Norris.Terminal.Drawing;
using Norris.Terminal.Editing;

namespace Norris.Terminal;

/// <summary>
/// The terminal's, or the pipe's, two ends at a node: lines in become messages and commands; events out become lines, or a picture of them, in
/// the form that was asked for. If nobody reads the output, nothing is lost: the node makes no more of it meanwhile, and takes no more lines.
/// </summary>
internal sealed class TerminalSession
{
    private readonly NodeLoop _node;
    private readonly NodeOptions _options;
    private readonly OutputWriter _output;
    private readonly Prompt? _prompt;
    private readonly Transcript? _transcript;
    private readonly NodeAnswers _answers;
    private readonly InputForm _form;
    private readonly LineBatches _lines;
    private readonly FeedReader? _reader;
    private readonly Task _printing;

    public TerminalSession(NodeLoop node, NodeOptions options, OutputWriter output)
    {
        _node = node;
        _options = options;
        _output = output;
        _answers = new NodeAnswers(node);
        _form = FormOf(options);
        _lines = new LineBatches(node, isTyped: _form != InputForm.Piped);
        if (_form is InputForm.Row or InputForm.Screen)
        {
            var editor = new LineEditor(new Completion(CommandParser.Known, _answers.OtherNames));
            TerminalSize size = TerminalMode.Size() ?? TerminalSize.Usual;
            if (_form == InputForm.Screen)
            {
                _transcript = node.Presenter.Transcript = new Transcript(() => _prompt?.Invalidate());
                var view = new ScreenView(
                    size, editor, _transcript, new ItemRuns(TimeText.LocalZone()), Palette.Of(Environment.GetEnvironmentVariable), options.IsSecured);
                _prompt = new Prompt(output, view, Console.Error.WriteLine);
            }
            else
            {
                bool marksPastes = !StandardStreams.IsSimple(Environment.GetEnvironmentVariable("TERM") ?? "");
                _prompt = new Prompt(output, new RowView(size, editor, marksPastes), Console.Error.WriteLine);
            }
        }
        _reader = _form == InputForm.Screen ? null : options.Output switch
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

    /// <summary>How a person or a program uses a node that is started with these options.</summary>
    public static InputForm FormOf(NodeOptions options)
    {
        InputForm form = options.Headless ? InputForm.Piped : StandardStreams.FindInputForm(Environment.GetEnvironmentVariable("TERM"));
        // What a program is to read is no picture.
        return form == InputForm.Screen && options.Output != OutputForm.Text ? InputForm.Row : form;
    }

    /// <summary>Whether a person sits here, and types.</summary>
    public bool HasPerson => _form != InputForm.Piped;

    /// <summary>Says where the node listens, before anything else.</summary>
    /// <param name="listening">The address that it listens on.</param>
    /// <param name="address">The address at which others reach it.</param>
    /// <param name="web">Where the page is, with the key to it; null when it is where others reach the node.</param>
    public void Announce(string listening, string address, string? web = null)
    {
        _node.Presenter.Listening(listening, web);
        if (_options.Output == OutputForm.Text)
        {
            foreach (string line in Banner.Of(_options, listening, address, web))
            {
                _node.Presenter.Tell(line);
            }
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
        if (_transcript?.Waiting.Count is > 0 and int count)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"norris: {count} of your messages did not get their place any more"));
        }
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
        Send = (text, cancellation) =>
        {
            _transcript?.Enter(text.Span);
            return _lines.AddAsync(text, cancellation);
        },
        Rename = async (name, _) =>
        {
            var input = new RenameInput(System.Text.Encoding.UTF8.GetBytes(name));
            _node.Post(input);
            return await input.Taken;
        },
        Ask = _answers.AnswerAsync,
        Clear = () =>
        {
            if (_transcript is not null)
            {
                _transcript.Clear();
            }
            else if (_prompt is not null)
            {
                _output.Append("\e[H\e[2J"u8);
                _prompt.Print([]);
            }
        },
        Notify = Notify,
    };

    private void Notify(string line)
    {
        if (_transcript is not null)
        {
            _transcript.Tell(line);
            return;
        }
        var lines = new ArrayBufferWriter<byte>(128);
        TextEventWriter.WriteNotice(lines, line);
        if (_prompt is not null)
        {
            _prompt.Print(lines.WrittenSpan);
        }
        else
        {
            _output.Append(lines.WrittenSpan);
        }
    }
}
