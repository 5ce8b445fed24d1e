using Norris.Load.Sockets;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Load.Compare.Peers;

/// <summary>A member of a Norris network that costs its program little: two connections, and where it is in the log.</summary>
internal sealed class LightMember
{
    /// <summary>A member that was let in.</summary>
    public LightMember(EventLoop loop, int port, MemberToken token, JoinAccepted accepted, Speaker? speaker, Receipt? receipt)
    {
        (Token, Self, Host, Network, Position) = (token, accepted.Member, accepted.Snapshot.Host, accepted.Snapshot.Network, accepted.Snapshot.Position);
        ClockOffset = accepted.Answered.Microseconds - ((DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        Stream = new LogConnection(loop, port, this, receipt);
        Submissions = new SubmissionConnection(loop, port, this, speaker);
    }

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

    /// <summary>What the network's clock is ahead of this machine's.</summary>
    public long ClockOffset { get; }

    /// <summary>The log.</summary>
    public LogConnection Stream { get; }

    /// <summary>What it says.</summary>
    public SubmissionConnection Submissions { get; }

    /// <summary>The time on the network's clock.</summary>
    public Timestamp Now => new(((DateTime.UtcNow - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond) + ClockOffset);

    /// <summary>A sign of life, with how far it has the log, unless a submission is on its way that says so.</summary>
    public void SayWhereItIs()
    {
        if (Stream.IsReady)
        {
            Submissions.SayWhereItIs();
        }
    }
}
