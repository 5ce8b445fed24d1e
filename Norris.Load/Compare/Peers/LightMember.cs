using Norris.Load.Sockets;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Load.Compare.Peers;

/// <summary>A member of a Norris network that costs its program little: two connections, and where it is in the log.</summary>
internal sealed class LightMember
{
    /// <summary>A member that was let in.</summary>
    public LightMember(int index, EventLoop loop, int port, MemberToken token, JoinAccepted accepted, Speaker? speaker, Receipt? receipt)
    {
        Index = index;
        (Token, Self, Host, Network, Position) = (token, accepted.Member, accepted.Snapshot.Host, accepted.Snapshot.Network, accepted.Snapshot.Position);
        Stream = new LogConnection(loop, port, this, receipt);
        Submissions = new SubmissionConnection(loop, port, this, speaker);
    }

    /// <summary>Which sender and receiver it is.</summary>
    public int Index { get; }

    /// <summary>What it proves itself with.</summary>
    public MemberToken Token { get; }

    /// <summary>Who it is.</summary>
    public MemberId Self { get; }

    /// <summary>Whom it submits to.</summary>
    public MemberId Host { get; }

    /// <summary>Which network it is in.</summary>
    public ulong Network { get; }

    /// <summary>How far it has the log.</summary>
    public Position Position { get; set; }

    /// <summary>The network's clock, as nodes read it.</summary>
    public NetworkClock Clock { get; } = new();

    /// <summary>The time on this program's clock.</summary>
    public static Timestamp OwnNow => new((DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>The log.</summary>
    public LogConnection Stream { get; }

    /// <summary>What it says.</summary>
    public SubmissionConnection Submissions { get; }

    /// <summary>The time on the network's clock.</summary>
    public Timestamp Now => Clock.At(OwnNow);

    /// <summary>Time has passed: what the host did not take is tried again; a sign of life says how far the member is, unless a submission does.</summary>
    public void Beat(bool isSignDue)
    {
        if (Stream.IsReady)
        {
            Submissions.Beat(isSignDue);
        }
    }
}
