using System.Buffers;
using System.Net;
using System.Text;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;
using Norris.Wire;

namespace Norris.Load.Hostile;

/// <summary>A member that came in to do harm: it has an id and a token, follows nobody, and says what it likes.</summary>
internal sealed class Mole
{
    private Mole(MemberToken token, JoinAccepted accepted, Timestamp now) => (Token, Self, Snapshot, Now) = (token, accepted.Member, accepted.Snapshot, now);

    /// <summary>Its proof.</summary>
    public MemberToken Token { get; }

    /// <summary>Its member.</summary>
    public MemberId Self { get; }

    /// <summary>What it was told when it came in.</summary>
    public Snapshot Snapshot { get; }

    /// <summary>A time that a host may believe.</summary>
    public Timestamp Now { get; }

    /// <summary>The host's member.</summary>
    public MemberId Host => Snapshot.Host;

    /// <summary>Another member than itself and the host.</summary>
    public MemberId Other => Snapshot.Members.First(member => member.Id != Self && member.Id != Host).Id;

    /// <summary>Comes in; null when it was not let in.</summary>
    public static async Task<Mole?> JoinAsync(IPEndPoint host)
    {
        var token = new MemberToken((ulong)Random.Shared.NextInt64(), (ulong)Random.Shared.NextInt64() | 1);
        Answers answers = await HostileClient.SendAsync(host, Post("/v1/members", Join(token)));
        return JoinCodec.TryReadAccepted(answers.FirstContent) is { } accepted ? new Mole(token, accepted, accepted.Answered) : null;
    }

    /// <summary>Leaves, so that nobody waits for it.</summary>
    public Task LeaveAsync(IPEndPoint host) => HostileClient.SendAsync(
        host, Encoding.ASCII.GetBytes($"DELETE /v1/members/{Self} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {Token}\r\n\r\n"));

    /// <summary>A wish to come in, whose address nobody listens at.</summary>
    public static byte[] Join(
        MemberToken token, string name = "mole", string address = "127.0.0.1:1", PartitionRule rule = PartitionRule.Continue, ulong confirmed = 0, ulong sent = 0, ulong promised = 0) =>
        Written(output => JoinCodec.Write(output, new JoinRequest(token, name, address, rule, confirmed, sent, new(promised))));

    /// <summary>A submission of these entries, at its own position.</summary>
    public Submission Submission(byte[] entries) => new(Self, Token, Host, Snapshot.Position, Now, default, entries);

    /// <summary>The request with a submission.</summary>
    public static byte[] Post(Submission submission)
    {
        byte[] content = new byte[SubmissionCodec.BytesOf(submission)];
        SubmissionCodec.Write(content, submission);
        return Post("/v1/messages", content);
    }

    /// <summary>A request with a content that only nodes read.</summary>
    public static byte[] Post(string target, byte[] content) =>
        [.. Encoding.ASCII.GetBytes($"POST {target} HTTP/1.1\r\nHost: h\r\nContent-Type: {WireFormat.MediaType}\r\nContent-Length: {content.Length}\r\n\r\n"), .. content];

    /// <summary>A wish to follow the log.</summary>
    public byte[] Follow(ulong from, ulong? network = null, ulong? epoch = null, ulong? digest = null, MemberId? member = null, ulong promised = 0) => Encoding.ASCII.GetBytes(
        $"GET /v1/log?from={from}&member={member ?? Self}&network={network ?? Snapshot.Network:x16}&epoch={epoch ?? Snapshot.Position.Epoch.Value}"
        + $"&digest={digest ?? Snapshot.Position.Digest.Value:x16}&promised={promised} HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer {Token}\r\n\r\n");

    /// <summary>What is written to a fresh output.</summary>
    public static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        write(output);
        return output.WrittenSpan.ToArray();
    }
}
