using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Norris.Tests.EndToEnd;

/// <summary>What a node says and does that the machine gives no more descriptors, or no more memory.</summary>
public sealed class ShortOfResourcesTests
{
    private const string HeapBytesHex = "1400000"; // 20 MiB

    [StaticBinaryFact]
    public async Task Without_descriptors_it_says_so_and_goes_on_when_there_are_some_again()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using Process node = Start("prlimit", ["--nofile=64:64", StaticBinaryFactAttribute.BinaryPath, "--listen", "127.0.0.1:0", "--headless", "--output", "json"]);
        string listening = (await node.StandardOutput.ReadLineAsync(limit.Token))!;
        var address = IPEndPoint.Parse(System.Text.Json.JsonDocument.Parse(listening).RootElement.GetProperty("address").GetString()!);
        var crowd = new List<Socket>();
        for (int i = 0; i < 60; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(address, limit.Token);
            crowd.Add(socket);
        }
        string line = (await node.StandardError.ReadLineAsync(limit.Token))!;
        Assert.EndsWith(
            "accepts no connections for now: 48 are open, as many as may be; others wait until somebody leaves (ulimit -n, or LimitNOFILE= of a service, allows more)",
            line, StringComparison.Ordinal);

        crowd.ForEach(static socket => socket.Dispose());
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri($"http://{address}/healthz"), limit.Token)).StatusCode);
        node.Kill();
    }

    [StaticBinaryFact]
    public async Task Without_memory_the_host_says_so_and_ends_and_another_goes_on()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using Process host = Start(
            StaticBinaryFactAttribute.BinaryPath, ["--listen", "127.0.0.1:0", "--headless", "--output", "json", "--retention", "64MiB"], ("DOTNET_GCHeapHardLimit", HeapBytesHex));
        string listening = (await host.StandardOutput.ReadLineAsync(limit.Token))!;
        string address = System.Text.Json.JsonDocument.Parse(listening).RootElement.GetProperty("address").GetString()!;
        Task<string> errors = host.StandardError.ReadToEndAsync(limit.Token);
        Task drained = host.StandardOutput.ReadToEndAsync(limit.Token);
        await using NodeUnderTest other = NodeUnderTest.Start("other", address);
        await other.NextAsync("ready", limit.Token);

        Task saying = other.SayAsync(Enumerable.Repeat(new string('x', 4000), 16_000));
        await host.WaitForExitAsync(limit.Token);
        await drained;

        Assert.Equal(1, host.ExitCode);
        string[] said = (await errors).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("norris: out of memory, so this node ends; the others go on.", said[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(said, static line => line.Contains("Unhandled", StringComparison.Ordinal) || line.StartsWith("   at ", StringComparison.Ordinal));
        await other.NextAsync("host", limit.Token);
        await saying;
        await other.LeaveAsync(limit.Token);
    }

    private static Process Start(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }
}
