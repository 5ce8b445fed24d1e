using System.Buffers;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Norris.Load.Nodes;
using Norris.Load.Sockets;
using Norris.Load.Verification;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Wire;

namespace Norris.Load.Compare.Peers;

/// <summary>
/// Norris: one host, and members that speak the protocol of nodes: they join, follow the log, submit what they say in batches, one in
/// flight each, and tell how far they are. They serve nobody and stand for nothing.
/// </summary>
internal sealed class NorrisPeer(string binary, string name, string[] options) : Peer(name)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(10);

    // A sign of life every so many beats, as nodes send them; what was refused is tried again at each.
    private const int BeatsBetweenSigns = 10;

    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client = new() { Timeout = JoinLimit };
    private readonly List<LightMember> _members = [];
    private PeerProcess? _server;
    private int _port;

    /// <inheritdoc/>
    public override PeerProcess Server => _server ?? throw new InvalidOperationException("It was not started.");

    /// <inheritdoc/>
    public override string? FindMissing() => File.Exists(binary) ? null : $"{binary} is not there (make binary builds it)";

    /// <inheritdoc/>
    public override async Task StartAsync(CancellationToken cancellation)
    {
        _port = LocalNode.FreePort();
        _server = PeerProcess.Start(binary, ["--listen", $"127.0.0.1:{_port}", "--name", "host", "--headless", "--output", "none",
            // Members of this program cannot pass the log on, nor follow through others.
            "--fan-out", "65535", .. options]);
        await _server.ListeningAsync(_port, cancellation);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<RoomConnection> Connect(EventLoop loop, IReadOnlyList<Speaker> speakers, IReadOnlyList<Receipt> receipts)
    {
        int count = Math.Max(speakers.Count, receipts.Count);
        var joined = new Queue<(int Index, MemberToken Token, JoinAccepted Accepted)>();
        Task all = Task.WhenAll(Enumerable.Range(0, count).Select(i => Task.Run(() => JoinAsync(i, joined))));
        int beats = 0;
        loop.Every(Beat, () =>
        {
            beats++;
            for (int i = 0; i < _members.Count; i++)
            {
                _members[i].Beat(isSignDue: (beats + i) % BeatsBetweenSigns == 0);
            }
        });
        loop.RunUntil(() =>
        {
            lock (joined)
            {
                while (joined.TryDequeue(out (int Index, MemberToken Token, JoinAccepted Accepted) next))
                {
                    _members.Add(new LightMember(
                        next.Index, loop, _port, next.Token, next.Accepted, speakers.ElementAtOrDefault(next.Index), receipts.ElementAtOrDefault(next.Index)));
                }
            }
            return _members.Count == count || all.IsFaulted;
        });
        all.GetAwaiter().GetResult();
        _members.Sort(static (one, other) => one.Index.CompareTo(other.Index));
        return [.. _members.Select(static member => member.Submissions), .. _members.Select(static member => member.Stream)];
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    private async Task JoinAsync(int index, Queue<(int, MemberToken, JoinAccepted)> joined)
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        var token = new MemberToken(BitConverter.ToUInt64(random), BitConverter.ToUInt64(random[8..]));
        var content = new ArrayBufferWriter<byte>();
        // Nobody listens at that port: members of this program cannot become the host.
        JoinCodec.Write(content, new JoinRequest(token, $"m{index}", $"127.0.0.1:{index + 1}", PartitionRule.Continue, 0, 0, Epoch.None));
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            using var body = new ReadOnlyMemoryContent(content.WrittenMemory);
            body.Headers.ContentType = new MediaTypeHeaderValue(WireFormat.MediaType);
            using HttpResponseMessage answer = await _client.PostAsync(new Uri($"http://127.0.0.1:{_port}/v1/members"), body);
            if (answer.IsSuccessStatusCode && JoinCodec.TryReadAccepted(await answer.Content.ReadAsByteArrayAsync()) is { } accepted)
            {
                lock (joined)
                {
                    joined.Enqueue((index, token, accepted));
                }
                return;
            }
            if (Stopwatch.GetElapsedTime(start) > JoinLimit)
            {
                throw new ViolationException($"member {index} was not let in: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }
}
