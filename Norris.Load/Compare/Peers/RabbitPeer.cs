using System.Net.Sockets;
using Norris.Load.Nodes;
using Norris.Load.Sockets;

namespace Norris.Load.Compare.Peers;

/// <summary>
/// RabbitMQ, in AMQP 0-9-1: a fan-out exchange, and a queue of its own for each receiver, without acknowledgements. It is a node of this
/// program's own, with its own folder, ports, and port mapper, whatever the machine may run as a service. It ends with its input.
/// </summary>
internal sealed class RabbitPeer() : ServerPeer("RabbitMQ fan-out", "rabbitmq-server")
{
    // The program on the path is Debian's wrapper, which becomes the service's user; the one under it just starts the node.
    private const string Unwrapped = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    private const string PortMapper = "epmd";

    private readonly int _mapperPort = LocalNode.FreePort();
    private PeerProcess? _mapper;

    /// <inheritdoc/>
    protected override string? Path => File.Exists(Unwrapped) ? Unwrapped : base.Path;

    /// <inheritdoc/>
    public override string? FindMissing() =>
        base.FindMissing() ?? (PeerProcess.FindProgram(PortMapper) is null ? $"{PortMapper} is not installed (scripts/peers installs it)" : null);

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellation)
    {
        // A node would start one that stays.
        _mapper = PeerProcess.Start(PeerProcess.FindProgram(PortMapper)!, ["-port", _mapperPort.ToString(Invariant), "-address", "127.0.0.1"]);
        await _mapper.ListeningAsync(_mapperPort, cancellation);
        await base.StartAsync(cancellation);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_mapper is not null)
        {
            await _mapper.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    protected override string[] Arguments(int port, string folder) => [];

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Variables(int port, string folder) => new Dictionary<string, string>
    {
        ["HOME"] = folder,
        ["ERL_EPMD_ADDRESS"] = "127.0.0.1",
        ["ERL_EPMD_PORT"] = _mapperPort.ToString(Invariant),
        ["RABBITMQ_NODENAME"] = $"norris-{port.ToString(Invariant)}@localhost",
        ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
        ["RABBITMQ_NODE_PORT"] = port.ToString(Invariant),
        ["RABBITMQ_DIST_PORT"] = LocalNode.FreePort().ToString(Invariant),
        ["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-kernel inet_dist_use_interface {127,0,0,1}",
        ["RABBITMQ_MNESIA_BASE"] = folder,
        ["RABBITMQ_LOG_BASE"] = folder,
        ["RABBITMQ_LOGS"] = "-",
        ["RABBITMQ_CONFIG_FILE"] = $"{folder}/none",
        ["RABBITMQ_ADVANCED_CONFIG_FILE"] = $"{folder}/none",
        ["RABBITMQ_CONF_ENV_FILE"] = $"{folder}/none",
        ["RABBITMQ_ENABLED_PLUGINS_FILE"] = $"{folder}/plugins",
        // Its shell reads the input, and the node ends where that does.
        ["RABBITMQ_ALLOW_INPUT"] = "1",
    };

    /// <inheritdoc/>
    protected override RoomConnection Send(EventLoop loop, Speaker speaker) => new Client(loop, RoomConnection.Connect(Port), speaker, null);

    /// <inheritdoc/>
    protected override RoomConnection Receive(EventLoop loop, Receipt receipt) => new Client(loop, RoomConnection.Connect(Port), null, receipt);

    private sealed class Client(EventLoop loop, Socket socket, Speaker? speaker, Receipt? receipt) : RoomConnection(loop, socket)
    {
        private readonly AmqpReader _reader = new(receipt);
        private AmqpOpening? _answered;

        protected override int Parse(ReadOnlySpan<byte> received)
        {
            int taken = _reader.Take(received);
            IsReady = _reader.Opening == (receipt is null ? AmqpOpening.ChannelOpen : AmqpOpening.Consuming);
            if (_reader.Failure is { } failure)
            {
                Fail(failure);
            }
            return taken;
        }

        protected override int Refill(Span<byte> output)
        {
            var writer = new AmqpWriter(output);
            if (_answered != _reader.Opening)
            {
                _answered = _reader.Opening;
                Answer(ref writer);
            }
            while (IsReady && speaker is { HasMore: true } && output.Length - writer.Count > speaker.TextBytes + AmqpWriter.MessageBytes)
            {
                speaker.Say(writer.Publish(speaker.TextBytes));
            }
            return writer.Count;
        }

        private void Answer(ref AmqpWriter writer)
        {
            switch (_reader.Opening)
            {
                case AmqpOpening.None:
                    writer.Protocol();
                    break;
                case AmqpOpening.Started:
                    writer.StartOk();
                    break;
                case AmqpOpening.Tuned:
                    writer.OpenAll(_reader.Tune);
                    break;
                case AmqpOpening.ChannelOpen when receipt is not null:
                    writer.Consume();
                    break;
                default:
                    break;
            }
        }
    }
}
