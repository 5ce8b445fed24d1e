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
        Errors = _process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    /// <summary>All of standard error, once the process has ended.</summary>
    public Task<string> Errors { get; }

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
