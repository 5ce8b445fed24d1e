using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Norris.Load.Faults;
using Norris.Load.Verification;
using Norris.Terminal;

namespace Norris.Tests.EndToEnd.Faults;

/// <summary>A real node that suffers, and all that it printed from its start: one can wait for anything that it has printed or will print.</summary>
internal sealed class ObservedNode : IAsyncDisposable
{
    private const int TextBytes = 24;

    private readonly int _index;
    private readonly Process _process;
    private readonly Task _reading;
    private readonly StringBuilder _errors = new();
    private readonly Lock _gate = new();
    private readonly List<JsonElement> _events = [];
    private readonly List<Printed> _lines = [];
    private volatile bool _isEnding;
    private TaskCompletionSource _moreErrors = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ObservedNode(int index, string[] place, string[] arguments)
    {
        _index = index;
        string[] command = [.. place, StaticBinaryFactAttribute.BinaryPath, .. arguments, "--name", $"n{index}", "--output", "json"];
        _process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _reading = Task.WhenAll(ReadAsync(), ReadErrorsAsync());
    }

    /// <summary>What became of it, for the verdict.</summary>
    public NodeFate Fate { get; set; } = NodeFate.Lives;

    /// <summary>How many messages were typed at it.</summary>
    public int Typed { get; private set; }

    /// <summary>How many lines it has printed.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _events.Count;
            }
        }
    }

    /// <summary>What it wrote on standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_gate)
            {
                return _errors.ToString();
            }
        }
    }

    /// <summary>All that it printed so far, in the words of the log: who was lost, who became host, what was missed.</summary>
    public string[] Journey
    {
        get
        {
            lock (_gate)
            {
                return [.. _events.Select(Describe).OfType<string>()];
            }
        }
    }

    /// <summary>Waits for an event, whether it was printed already or not.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="cancellation">The limit of the test.</param>
    /// <param name="which">Which of this type; any if it is not said.</param>
    /// <param name="after">How many lines not to look at.</param>
    public Task<JsonElement> SeesAsync(string type, CancellationToken cancellation, Func<JsonElement, bool>? which = null, int after = 0) =>
        SeesAsync(type, after, each => each.GetProperty("type").GetString() == type && which?.Invoke(each) != false, cancellation);

    /// <summary>Waits for any line after so many.</summary>
    public Task SeesAnythingAsync(int after, CancellationToken cancellation) => SeesAsync("anything", after, _ => true, cancellation);

    /// <summary>The number of the last message of a node that it printed.</summary>
    public int LastOf(int sender)
    {
        lock (_gate)
        {
            return _lines.FindLast(line => line.Type == PrintedType.Message && line.Entry.Sender == sender).Entry.Number;
        }
    }

    private async Task<JsonElement> SeesAsync(string what, int after, Predicate<JsonElement> isIt, CancellationToken cancellation)
    {
        int next = after;
        while (true)
        {
            Task more;
            lock (_gate)
            {
                for (; next < _events.Count; next++)
                {
                    if (isIt(_events[next]))
                    {
                        return _events[next];
                    }
                }
                more = _more.Task;
            }
            try
            {
                await more.WaitAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"n{_index} did not print what was waited for ({what}) but: {string.Join("; ", Journey)}\n{Errors}");
            }
        }
    }

    /// <summary>Waits for a word on standard error.</summary>
    public async Task SaysAsync(string what, CancellationToken cancellation)
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_errors.ToString().Contains(what, StringComparison.Ordinal))
                {
                    return;
                }
                more = _moreErrors.Task;
            }
            try
            {
                await more.WaitAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"n{_index} did not say what was waited for ({what}) but: {string.Join("; ", Journey)}\n{Errors}");
            }
        }
    }

    /// <summary>Waits for an event about a member of this name.</summary>
    public Task<JsonElement> SeesAsync(string type, string name, CancellationToken cancellation, int after = 0) =>
        SeesAsync(type, cancellation, each => each.GetProperty("name").GetString() == name, after);

    /// <summary>Waits for the last message that was typed at a node until now.</summary>
    public Task HearsAsync(ObservedNode sender, CancellationToken cancellation) => HearsAsync(sender, sender.Typed, cancellation);

    /// <summary>Waits for a message of a node.</summary>
    public Task HearsAsync(ObservedNode sender, int number, CancellationToken cancellation)
    {
        string text = sender.Text(number);
        return SeesAsync("message", cancellation, each => each.GetProperty("text").GetString() == text);
    }

    /// <summary>Types some messages.</summary>
    public async Task SayAsync(int count = 1)
    {
        var lines = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            lines.Append(Text(++Typed)).Append('\n');
        }
        await _process.StandardInput.WriteAsync(lines);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Kills it.</summary>
    public void Kill()
    {
        Fate = NodeFate.Died;
        _isEnding = true;
        _process.Kill();
    }

    /// <summary>Stops the process where it is.</summary>
    public void Stop()
    {
        Fate = NodeFate.CameBack;
        Assert.Equal(0, LibC.Kill(_process.Id, FaultNode.Sigstop));
    }

    /// <summary>Lets the stopped process go on.</summary>
    public void Continue() => Assert.Equal(0, LibC.Kill(_process.Id, FaultNode.Sigcont));

    /// <summary>Ends it, and tells what it went through.</summary>
    public async Task<NodeStory> EndAsync()
    {
        _isEnding = true;
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        return new NodeStory(_lines, Typed, Fate, Doubts.Count(Errors));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _process.Dispose();
    }

    private static string? Describe(JsonElement printed)
    {
        string type = printed.GetProperty("type").GetString()!;
        return type switch
        {
            "left" => $"left {printed.GetProperty("name").GetString()} {printed.GetProperty("reason").GetString()}",
            "host" or "joined" => $"{type} {printed.GetProperty("name").GetString()}",
            "gap" => $"gap {printed.GetProperty("reason").GetString()}",
            _ => null,
        };
    }

    private string Text(int number)
    {
        Span<byte> text = stackalloc byte[TextBytes];
        StormText.Write(text, _index, number);
        return Encoding.ASCII.GetString(text);
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (_isEnding && !line.EndsWith('}'))
            {
                // Whoever is killed may do so in the middle of a line.
                return;
            }
            using JsonDocument parsed = JsonDocument.Parse(line);
            lock (_gate)
            {
                _events.Add(parsed.RootElement.Clone());
                if (Printed.TryRead(Encoding.UTF8.GetBytes(line), 0, out Printed printed))
                {
                    _lines.Add(printed);
                }
                _more.SetResult();
                _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_gate)
            {
                _errors.Append(line).Append('\n');
                _moreErrors.SetResult();
                _moreErrors = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
