using Norris.Load.Nodes;
using Norris.Load.Sockets;

namespace Norris.Load.Compare.Peers;

/// <summary>A peer that is one program of the system, which all connect to.</summary>
internal abstract class ServerPeer(string name, string program) : Peer(name)
{
    private string? _folder;
    private PeerProcess? _server;

    /// <summary>Where it listens.</summary>
    protected int Port { get; private set; }

    /// <summary>The program; null when it is not there.</summary>
    protected virtual string? Path => PeerProcess.FindProgram(program);

    /// <inheritdoc/>
    public override PeerProcess Server => _server ?? throw new InvalidOperationException("It was not started.");

    /// <inheritdoc/>
    public override string? FindMissing() => Path is null ? $"{program} is not installed (scripts/peers installs it)" : null;

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellation)
    {
        _folder = Directory.CreateTempSubdirectory("norris-compare-").FullName;
        Port = LocalNode.FreePort();
        _server = PeerProcess.Start(Path!, Arguments(Port, _folder), Variables(Port, _folder));
        await _server.ListeningAsync(Port, cancellation);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<RoomConnection> Connect(EventLoop loop, IReadOnlyList<Speaker> speakers, IReadOnlyList<Receipt> receipts) =>
        [.. speakers.Select(speaker => Send(loop, speaker)), .. receipts.Select(receipt => Receive(loop, receipt))];

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>What it is started with, to listen on that port of the loopback device and keep what it must in that folder.</summary>
    protected abstract string[] Arguments(int port, string folder);

    /// <summary>What its environment has besides this program's own.</summary>
    protected virtual IReadOnlyDictionary<string, string> Variables(int port, string folder) => new Dictionary<string, string>();

    /// <summary>A connection that says what the speaker has to say.</summary>
    protected abstract RoomConnection Send(EventLoop loop, Speaker speaker);

    /// <summary>A connection that gets everything.</summary>
    protected abstract RoomConnection Receive(EventLoop loop, Receipt receipt);
}
