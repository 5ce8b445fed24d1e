using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Norris.Tests.EndToEnd;

/// <summary>A network with a secret as others see it: on the wire, from outside, and on the machine of a node.</summary>
public sealed class SecretTests : IDisposable
{
    private const string Word = "a-word-that-nobody-else-may-read";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("norris-secret-");

    public void Dispose() => _folder.Delete(recursive: true);

    [StaticBinaryFact]
    public async Task A_new_secret_makes_a_network_and_another_one_does_not_join_it()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string one = await NewSecretAsync("one", limit.Token);
        string two = await NewSecretAsync("two", limit.Token);
        await using NodeUnderTest host = NodeUnderTest.Start("host", null, "--secret-file", one);
        string address = await host.AddressAsync(limit.Token);
        await using NodeUnderTest member = NodeUnderTest.Start("member", address, "--secret-file", one);
        await member.NextAsync("ready", limit.Token);
        await using NodeUnderTest stranger = NodeUnderTest.Start("stranger", address, "--secret-file", two);
        await using NodeUnderTest open = NodeUnderTest.Start("open", address);
        Assert.Equal(1, await stranger.EndedAsync(limit.Token));
        Assert.Equal($"norris: cannot join through {address}: the network there has another secret; start this node with the --secret-file of that network\n", await stranger.Errors);
        Assert.Equal(1, await open.EndedAsync(limit.Token));
        Assert.Equal($"norris: cannot join through {address}: the network there has a secret; start this node with its --secret-file\n", await open.Errors);

        await member.SayAsync([Word]);
        string[] heard = await host.UntilAsync(1, Word, limit.Token);
        Assert.DoesNotContain(heard, line => line.Contains("stranger", StringComparison.Ordinal) || line.Contains("\"open\"", StringComparison.Ordinal));
        Assert.Equal(0, await member.LeaveAsync(limit.Token));
        Assert.Equal(0, await host.LeaveAsync(limit.Token));
        string told = await host.Errors;
        Assert.Contains("has another secret", told, StringComparison.Ordinal);
        Assert.Contains("speaks without TLS", told, StringComparison.Ordinal);
    }

    /// <summary>All that goes over the wire between two nodes, in both directions, from the first byte on.</summary>
    [TsharkFact]
    public async Task A_capture_of_the_wire_shows_TLS_1_3_and_no_plain_text()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        string secret = await NewSecretAsync("one", limit.Token);
        int port = FreePort();
        string capture = Path.Combine(_folder.FullName, "wire.pcap");
        using Process tshark = Start("tshark", "-i", "lo", "-f", $"tcp port {port}", "-w", capture, "-q");
        try
        {
            // It says so once it captures.
            string? line;
            do
            {
                line = await tshark.StandardError.ReadLineAsync(limit.Token);
                Assert.NotNull(line);
            }
            while (!line.StartsWith("Capturing on", StringComparison.Ordinal));
            _ = tshark.StandardError.ReadToEndAsync(limit.Token);
            await CaptureHasBegunAsync(capture, limit.Token);

            await using var host = new NodeUnderTest("--listen", $"127.0.0.1:{port}", "--name", "host", "--output", "json", "--secret-file", secret);
            await host.NextAsync("ready", limit.Token);
            await using NodeUnderTest member = NodeUnderTest.Start("member", $"127.0.0.1:{port}", "--secret-file", secret);
            await member.NextAsync("ready", limit.Token);
            await member.SayAsync([Word]);
            await host.UntilAsync(1, Word, limit.Token);
            await host.SayAsync([Word]);
            await member.UntilAsync(1, Word, limit.Token);
            Assert.Equal(0, await member.LeaveAsync(limit.Token));
            Assert.Equal(0, await host.LeaveAsync(limit.Token));
        }
        finally
        {
            using Process interrupt = Process.Start("kill", ["-INT", tshark.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await interrupt.WaitForExitAsync(limit.Token);
            await tshark.WaitForExitAsync(limit.Token);
        }
        byte[] wire = await File.ReadAllBytesAsync(capture, limit.Token);
        Assert.Equal(-1, wire.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Word)));
        Assert.Equal(-1, wire.AsSpan().IndexOf("HTTP/1.1"u8));
        Assert.Equal(-1, wire.AsSpan().IndexOf("norris"u8));
        // Each connection agrees on a version in a ServerHello (type 2), and each agrees on 1.3 (RFC 8446 section 4.2.1).
        string hellos = await OutputAsync(["tshark", "-r", capture, "-d", $"tcp.port=={port},tls", "-Y", "tls.handshake.type == 2", "-T", "fields", "-e", "tls.handshake.extensions.supported_version"], limit.Token);
        string[] versions = hellos.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.NotEmpty(versions);
        Assert.All(versions, version => Assert.Equal("0x0304", version));
        // Whatever carries bytes is a TLS record.
        string others = await OutputAsync(["tshark", "-r", capture, "-d", $"tcp.port=={port},tls", "-Y", "tcp.len > 0 && !tls && !tcp.segment && !tcp.analysis.retransmission && !tcp.reassembled_in", "-T", "fields", "-e", "tcp.payload"], limit.Token);
        Assert.Equal("", others.Trim());
    }

    [StaticBinaryTheory]
    [InlineData("-tls1_3")]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3 -cert {folder}/foreign.pem -key {folder}/foreign.key")]
    public async Task A_TLS_client_without_the_secrets_certificate_gets_no_byte(string options)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await OutputAsync(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "9", "-subj", "/CN=norris network",
            "-out", $"{_folder.FullName}/foreign.pem", "-keyout", $"{_folder.FullName}/foreign.key"], limit.Token);
        string secret = await NewSecretAsync("one", limit.Token);
        await using NodeUnderTest host = NodeUnderTest.Start("host", null, "--secret-file", secret);
        string address = await host.AddressAsync(limit.Token);
        string[] arguments = ["s_client", "-connect", address, "-quiet", "-no_ign_eof", .. options.Replace("{folder}", _folder.FullName, StringComparison.Ordinal).Split(' ')];
        using Process client = Start("openssl", arguments);
        _ = client.StandardError.ReadToEndAsync(limit.Token);
        await client.StandardInput.WriteAsync("GET /v1/members HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.StandardInput.FlushAsync(limit.Token);
        Assert.Equal("", await client.StandardOutput.ReadToEndAsync(limit.Token));
        await client.WaitForExitAsync(limit.Token);
    }

    [StaticBinaryFact]
    public async Task A_file_that_others_may_read_is_warned_of()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string secret = await NewSecretAsync("one", limit.Token);
        await OutputAsync(["chmod", "604", secret], limit.Token);
        await using NodeUnderTest host = NodeUnderTest.Start("host", null, "--secret-file", secret);
        await host.NextAsync("ready", limit.Token);
        Assert.Equal(0, await host.LeaveAsync(limit.Token));
        Assert.Equal($"norris: --secret-file {secret}: others on this machine may read or change it; make it yours alone with chmod 600\n", await host.Errors);
    }

    private async Task<string> NewSecretAsync(string name, CancellationToken cancellation)
    {
        string path = Path.Combine(_folder.FullName, name);
        await File.WriteAllTextAsync(path, await OutputAsync([StaticBinaryFactAttribute.BinaryPath, "--new-secret"], cancellation), cancellation);
        await OutputAsync(["chmod", "600", path], cancellation);
        return path;
    }

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        return Process.Start(start)!;
    }

    private static async Task<string> OutputAsync(string[] command, CancellationToken cancellation)
    {
        using Process process = Start(command[0], command[1..]);
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
        string output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        Assert.True(process.ExitCode == 0, await errors);
        return output;
    }

    /// <summary>tshark says that it captures before it does; it does once the file has its head.</summary>
    private static async Task CaptureHasBegunAsync(string capture, CancellationToken cancellation)
    {
        while (!File.Exists(capture) || new FileInfo(capture).Length == 0)
        {
            await Task.Delay(20, cancellation);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>For what needs tshark, and the right to listen to the loopback device with it.</summary>
    private sealed class TsharkFactAttribute : FactAttribute
    {
        public TsharkFactAttribute() => Skip = new StaticBinaryFactAttribute().Skip ?? (!File.Exists("/usr/bin/tshark") ? "tshark is not installed"
            : Environment.IsPrivilegedProcess ? null : "capturing packets needs root");
    }
}
