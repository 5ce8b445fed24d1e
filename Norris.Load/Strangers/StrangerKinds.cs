using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Norris.Load.Hostile;
using Norris.Load.Nodes;
using Norris.Transport;
using Norris.Transport.Secure;

namespace Norris.Load.Strangers;

/// <summary>Everybody who comes to a network with a secret and has not that secret. What they have they made once.</summary>
/// <param name="node">Where they come to: the port for nodes.</param>
/// <param name="binary">The program.</param>
internal sealed class StrangerKinds(IPEndPoint node, string binary) : IDisposable
{
    /// <summary>Longer than a node waits for a handshake, and than a busy machine needs to start a process.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly NodeSecret _other = NodeSecret.Create();
    private readonly MemberCredentials _credentials = MemberCredentials.FromSecrets([NetworkSecret.Create()]);

    /// <summary>All of them: who it is, what it tries and hears, and what it is to hear.</summary>
    public IReadOnlyList<StrangerKind> All =>
    [
        new("a node with another secret", () => JoinAsync(_other), Line("the network there has another secret; start this node with the --secret-file of that network")),
        new("a node without one", () => JoinAsync(null), Line("the network there has a secret; start this node with its --secret-file")),
        new("a certificate of another network", ShowOtherAsync, nameof(DialOutcome.OtherSecret)),
        new("TLS without a certificate", ShowNothingAsync, ""),
        new("HTTP without TLS", AskPlainlyAsync, "426"),
        new("a connection that says nothing", SayNothingAsync, ""),
    ];

    /// <inheritdoc/>
    public void Dispose() => _credentials.Dispose();

    private string Line(string why) => $"norris: cannot join through {node}: {why}";

    private async Task<string> JoinAsync(NodeSecret? secret)
    {
        // Not what the machine makes of it, such as that it stood still.
        await using LocalNode stranger = LocalNode.Start(binary, 999, node.ToString(), isSilent: true, more: ["--log-level", "error"], secret: secret);
        return (await stranger.Errors.WaitAsync(Patience)).Trim();
    }

    private async Task<string> ShowOtherAsync()
    {
        DialResult result = await new Dialer(ConnectionLimits.Default, TimeProvider.System, _credentials).DialAsync(node, Patience);
        if (result.IsConnected)
        {
            await result.Connection.DisposeAsync();
        }
        return result.Outcome.ToString();
    }

    private async Task<string> ShowNothingAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        using Socket socket = await HostileClient.ConnectAsync(node, limit.Token);
        await using var tls = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: false, static (_, shown, _, _) => shown is not null);
        byte[] heard = new byte[1024];
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "n" }, limit.Token);
            await tls.WriteAsync("GET /v1/members HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray(), limit.Token);
            return Encoding.ASCII.GetString(heard, 0, await tls.ReadAsync(heard, limit.Token));
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            return "";
        }
    }

    private async Task<string> AskPlainlyAsync() =>
        (await HostileClient.SendAsync(node, "GET /v1/events HTTP/1.1\r\nHost: h\r\n\r\n"u8.ToArray())).Statuses;

    private async Task<string> SayNothingAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        using Socket socket = await HostileClient.ConnectAsync(node, limit.Token);
        return Encoding.ASCII.GetString(await HostileClient.ReadAsync(socket, limit.Token));
    }
}

/// <summary>One who has not the secret.</summary>
/// <param name="Name">Who it is.</param>
/// <param name="TryAsync">What it tries, and what it hears.</param>
/// <param name="Answer">What it is to hear.</param>
internal sealed record StrangerKind(string Name, Func<Task<string>> TryAsync, string Answer);
