using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>Whom the host serves itself, whom it sends to a relay, and what it hears of all of them.</summary>
internal sealed partial class Sequencer
{
    private readonly Relays _relays;

    /// <summary>A member wants to follow: this host serves it, or sends it to a relay.</summary>
    public PeerReply Follow(Member member, FollowRequest request, bool mayRelay)
    {
        Member? relay = mayRelay && Streams.Refuses(member, request.After) is null ? _relays.For(member, request.Without) : null;
        PeerReply reply = relay is null ? Streams.Open(member, request.After) : new RelayedBy(relay.Id, relay.Address);
        if (reply is FollowAccepted or RelayedBy)
        {
            Heard(member, request.After.Sequence);
            member.Progress.Relay = relay?.Id ?? MemberId.None;
        }
        if (relay is not null)
        {
            Streams.EndAllOf(member.Id, StreamEnd.Replaced);
        }
        return reply;
    }

    /// <summary>A member is alive and has the log up to here. What only a successor may have yet does not count: it may be taken back.</summary>
    public void Heard(Member member, SequenceNumber acknowledged) => Heard(member, acknowledged, _state.Now);

    private void Heard(Member member, SequenceNumber acknowledged, Timestamp at) =>
        Watch.Heard(member, Streams.OpenUpTo is { } open && open < acknowledged ? open : acknowledged, at);

    /// <summary>
    /// What a relay heard of those that follow through it. They have nothing that the relay has not, and the relay is on this log, so that they are.
    /// Who was put out and came in anew since then said it as who it was before.
    /// </summary>
    private void HearReports(Submission submission)
    {
        if (submission.Host != _state.Self || submission.Position.Epoch != _state.View.Epoch)
        {
            return;
        }
        foreach (PositionReport report in submission.Reports)
        {
            if ((_state.View.Find(report.Member) ?? _state.Quorum?.FindLeaver(_state.View, report.Member)) is { Kind: MemberKind.Node } member && member.Id != _state.Self
                && report.Sequence >= member.JoinedAt && report.Sequence <= submission.Position.Sequence)
            {
                Heard(member, report.Sequence, _state.Now.Plus(-report.AgeMicroseconds));
                Watch.HeardWord(member, submission.SentAt.Plus(-report.AgeMicroseconds));
            }
        }
    }
}
