using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace Norris.Tests.EndToEnd;

/// <summary>A real node: the static binary as a process with a pipe at each end, printing JSON.</summary>
internal sealed class NodeUnderTest : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Channel<JsonElement> _events = Channel.CreateUnbounded<JsonElement>();
    private readonly Task _reading;
    private string? _address;

    public NodeUnderTest(params string[] arguments)
    {
        var start = new ProcessStartInfo(StaticBinaryFactAttribute.BinaryPath)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        _process = Process.Start(start)!;
        Errors = ReadErrorsAsync(_process.StandardError);
        _reading = ReadAsync();
    }

    /// <summary>Starts a node that prints JSON, on a port of its own choosing.</summary>
    public static NodeUnderTest Start(string name, string? join = null, params string[] more) => new(
        ["--listen", "127.0.0.1:0", "--name", name, "--output", "json", .. join is null ? Array.Empty<string>() : ["--join", join], .. more]);

    /// <summary>All of standard error, once the process has ended, but for <see cref="ReadErrorsAsync"/>.</summary>
    public Task<string> Errors { get; }

    /// <summary>
    /// All of a process's standard error to its end, without the warnings that it stood still (event 17): a machine with other work makes it, and no test
    /// that reads this is about that.
    /// </summary>
    public static async Task<string> ReadErrorsAsync(StreamReader errors, CancellationToken cancellation = default) =>
        string.Join('\n', (await errors.ReadToEndAsync(cancellation)).Split('\n').Where(static line => !line.Contains(" norris[17] ", StringComparison.Ordinal)));

    /// <summary>Waits for the next event of this type; others before it are passed over.</summary>
    public async Task<JsonElement> NextAsync(string type, CancellationToken cancellation)
    {
        while (true)
        {
            JsonElement next = await _events.Reader.ReadAsync(cancellation);
            if (next.GetProperty("type").GetString() == type)
            {
                return next;
            }
        }
    }

    /// <summary>Where it listens. Asked first, and once.</summary>
    public async Task<string> AddressAsync(CancellationToken cancellation)
    {
        _address = (await NextAsync("listening", cancellation)).GetProperty("address").GetString()!;
        return _address;
    }

    /// <summary>Every printed line until a text was said so many times.</summary>
    public async Task<string[]> UntilAsync(int times, string text, CancellationToken cancellation)
    {
        var lines = new List<string>();
        while (times > 0)
        {
            JsonElement next = await _events.Reader.ReadAsync(cancellation);
            if (next.TryGetProperty("seq", out _) && next.GetProperty("type").GetString() != "ready")
            {
                lines.Add(next.GetRawText());
                times -= next.TryGetProperty("text", out JsonElement said) && said.GetString() == text ? 1 : 0;
            }
        }
        return [.. lines];
    }

    /// <summary>Every line that is left, once the node has ended.</summary>
    public async Task<string[]> RestAsync()
    {
        var lines = new List<string>();
        await foreach (JsonElement next in _events.Reader.ReadAllAsync())
        {
            lines.Add(next.GetRawText());
        }
        return [.. lines];
    }

    /// <summary>Sequence number and digest, as the node says when asked.</summary>
    public async Task<string> PositionAsync(CancellationToken cancellation)
    {
        _address ??= await AddressAsync(cancellation);
        using var client = new HttpClient();
        using JsonDocument view = JsonDocument.Parse(await client.GetStringAsync(new Uri($"http://{_address}/v1/members"), cancellation));
        return view.RootElement.GetProperty("position").GetRawText();
    }

    /// <summary>Ends the process without a word.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Sends SIGTERM.</summary>
    public async Task TerminateAsync(CancellationToken cancellation)
    {
        using Process kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(cancellation);
    }

    /// <summary>Where it listens, once <see cref="AddressAsync"/> was asked.</summary>
    public string Address => _address!;

    /// <summary>Ends the process without a word.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Takes a number of messages, in the order in which they were printed.</summary>
    public async Task<List<JsonElement>> MessagesAsync(int count, CancellationToken cancellation)
    {
        var messages = new List<JsonElement>(count);
        while (messages.Count < count)
        {
            messages.Add(await NextAsync("message", cancellation));
        }
        return messages;
    }

    /// <summary>Says lines.</summary>
    public async Task SayAsync(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            await _process.StandardInput.WriteLineAsync(line);
        }
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Ends the input, which makes the node leave; its exit status.</summary>
    public async Task<int> LeaveAsync(CancellationToken cancellation)
    {
        _process.StandardInput.Close();
        return await EndedAsync(cancellation);
    }

    /// <summary>Waits for the node's end; its exit status.</summary>
    public async Task<int> EndedAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation);
        await _reading;
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            using JsonDocument parsed = JsonDocument.Parse(line);
            _events.Writer.TryWrite(parsed.RootElement.Clone());
        }
        _events.Writer.Complete();
    }
}
