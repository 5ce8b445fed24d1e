using System.Diagnostics;

namespace Norris.Tests.EndToEnd;

/// <summary>Whatever cannot work is one clear line, the right exit status, and never a node that hangs.</summary>
public sealed class WhatCannotWorkTests
{
    [StaticBinaryFact]
    public async Task A_taken_port_is_status_1()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var first = NodeUnderTest.Start("first");
        string taken = await first.AddressAsync(limit.Token);
        await AssertFailsAsync($"--listen {taken}", 1, $"norris: cannot listen on {taken}: something listens there already", limit.Token);
    }

    [StaticBinaryFact]
    public async Task Nobody_to_join_is_status_1()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        // A port that was just free, on loopback, refuses at once.
        int port;
        using (var probe = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0))
        {
            probe.Start();
            port = ((System.Net.IPEndPoint)probe.LocalEndpoint).Port;
        }
        await AssertFailsAsync(
            $"--listen 127.0.0.1:0 --output none --join 127.0.0.1:{port} </dev/null", 1, $"norris: cannot join through 127.0.0.1:{port} (connection refused", limit.Token);
    }

    [StaticBinaryTheory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "what answers there is not a Norris node", "Is it the right port?")]
    [InlineData("SSH-2.0-OpenSSH_9.9\r\n", "what answers there is not a Norris node", "Is it the right port?")]
    [InlineData(
        "HTTP/1.1 415 Unsupported Media Type\r\nContent-Type: application/problem+json\r\nContent-Length: 2\r\n\r\n{}",
        "the node there speaks another version of the protocol", "norris --version, there and here, must name the same one")]
    [InlineData("", "no answer in time", "Is the machine up, and does every firewall on the way let that port through?")]
    public async Task What_answers_and_is_no_such_node_is_named_with_what_to_do(string answer, string why, string remedy)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        Task answering = AnswerAsync(listener, answer, limit.Token);

        await AssertFailsAsync(
            $"--listen 127.0.0.1:0 --output none --join {listener.LocalEndpoint} </dev/null", 1,
            $"norris: cannot join through {listener.LocalEndpoint} ({why}); tried for 10 s. {remedy}\n", limit.Token);
        await limit.CancelAsync();
        await answering;
    }

    [StaticBinaryFact]
    public async Task A_name_that_nobody_knows_is_status_1()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await AssertFailsAsync(
            "--listen 127.0.0.1:0 --output none --join no-such-host.invalid:7000 </dev/null", 1, "norris: the name \"no-such-host.invalid\" does not resolve", limit.Token);
    }

    [StaticBinaryTheory]
    [InlineData("continue", "majority")]
    [InlineData("majority", "continue")]
    public async Task A_network_with_the_other_partition_rule_is_status_1_at_once(string rule, string other)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var host = NodeUnderTest.Start("host", null, "--partition", other);
        string address = await host.AddressAsync(limit.Token);
        await host.NextAsync("ready", limit.Token);
        // Who cannot join tries for ten seconds; this one must not try again.
        limit.CancelAfter(TimeSpan.FromSeconds(8));
        await AssertFailsAsync(
            $"--listen 127.0.0.1:0 --output none --partition {rule} --join {address} </dev/null", 1,
            $"norris: cannot join through {address}: the network there goes by --partition {other}, and this node by --partition {rule}; start it with --partition {other}\n",
            limit.Token);
    }

    [StaticBinaryTheory]
    [InlineData("--listen 127.0.0.1:99999", 2, "norris: --listen 127.0.0.1:99999")]
    [InlineData("--output xml", 2, "norris: --output xml")]
    [InlineData("--partition half", 2, "norris: --partition half: must be continue or majority")]
    [InlineData("--fan-out none", 2, "norris: --fan-out none: must be 1 to 65535")]
    [InlineData("--secret x", 2, "norris: --secret: unknown option; did you mean --secret-file?")]
    [InlineData("--secret-file /nowhere/at/all", 1, "norris: --secret-file /nowhere/at/all: there is no such file; norris --new-secret > PATH makes one")]
    [InlineData("--secret-file /", 1, "norris: --secret-file /: it may not be read by this user, or is a folder")]
    [InlineData("--web 127.0.0.1:0", 2, "norris: --web 127.0.0.1:0: only a network with a secret has an address of its own for the page and scripts")]
    [InlineData("--listen 127.0.0.1:0 <&-", 1, "norris: standard input is closed")]
    [InlineData("--listen 127.0.0.1:0 </dev/null >&-", 1, "norris: standard output is closed")]
    [InlineData("--listen 127.0.0.1:0 </dev/null >/dev/full", 1, "norris: cannot write to standard output: no space is left")]
    [InlineData("--listen 192.0.2.1:7000 </dev/null", 1, "norris: cannot listen on 192.0.2.1:7000: this machine does not have that address")]
    public async Task What_makes_no_sense_is_one_line(string arguments, int status, string line)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await AssertFailsAsync(arguments, status, line, limit.Token);
    }

    // Says the same to whatever it is asked, or nothing at all, and keeps the connections.
    private static async Task AnswerAsync(System.Net.Sockets.TcpListener listener, string answer, CancellationToken cancellation)
    {
        var answering = new List<Task>();
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                answering.Add(AnswerAsync(await listener.AcceptTcpClientAsync(cancellation), System.Text.Encoding.ASCII.GetBytes(answer), cancellation));
            }
            catch (OperationCanceledException)
            {
                // The loop ends.
            }
        }
        await Task.WhenAll(answering);
    }

    private static async Task AnswerAsync(System.Net.Sockets.TcpClient client, byte[] answer, CancellationToken cancellation)
    {
        using (client)
        {
            byte[] request = new byte[4096];
            try
            {
                while (await client.GetStream().ReadAsync(request, cancellation) > 0)
                {
                    await client.GetStream().WriteAsync(answer, cancellation);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // Either side has had enough.
            }
        }
    }

    private static async Task AssertFailsAsync(string arguments, int status, string line, CancellationToken cancellation)
    {
        // The shell opens and closes the streams as a person's would.
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec '{StaticBinaryFactAttribute.BinaryPath}' {arguments}");
        using Process process = Process.Start(start)!;
        Task<string> errors = NodeUnderTest.ReadErrorsAsync(process.StandardError, cancellation);
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        finally
        {
            process.Kill();
        }
        await output;
        Assert.StartsWith(line, await errors, StringComparison.Ordinal);
        Assert.Single((await errors).TrimEnd('\n').Split('\n'));
        Assert.Equal(status, process.ExitCode);
    }
}
