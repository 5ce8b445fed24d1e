using Norris.Protocol;
using Norris.Protocol.Messages;

namespace Norris.Tests.Simulation;

/// <summary>What the core decides, carried out: its people are told, its calls sent, its streams opened and ended.</summary>
internal sealed partial class SimulatedNode
{
    private void CarryOut()
    {
        Effects effects = Core.Effects;
        foreach (Notice notice in effects.Notices)
        {
            Hear(notice);
        }
        foreach (ReturnedGuest returned in effects.Returned)
        {
            Guests.Returned(returned);
        }
        foreach (OrderedSubmission ordered in effects.Ordered)
        {
            _cluster.History.Confirmed(this, ordered);
            OnOrdered?.Invoke(ordered);
        }
        foreach (Answer answer in effects.Answers)
        {
            _cluster.Check(_asked.Remove(answer.Id, out PendingCall? call), this, "a call was answered that nobody asked, or twice");
            if (_cluster.Trace.IsReadable && answer.Reply is not SubmissionAccepted)
            {
                Say($"answers {call!.From.Name}: {TraceWords.Of(answer.Reply)}");
            }
            Count(answer.Reply);
            Conduct.Answers(answer.Reply);
            _cluster.Network.Answer(this, call!, answer.Reply);
        }
        foreach (OutboundCall call in effects.Calls)
        {
            _cluster.Network.Call(this, call);
        }
        foreach (UpstreamChange change in effects.UpstreamChanges)
        {
            Say(change.Request is null ? "closes its stream" : $"asks {change.Address} for the log after {change.Request.After.Sequence}");
            _upstream?.Leave();
            _upstream = null;
            Conduct.LostTouch();
            if (change.Request is not null)
            {
                _upstream = _cluster.Network.Open(this, change);
            }
        }
        foreach (EndedStream ended in effects.EndedStreams)
        {
            if (_downstreamById.TryGetValue(ended.Stream, out SimulatedStream? stream))
            {
                _cluster.Count($"StreamEnd, {ended.Reason}");
                Say($"ends the stream of {stream.Follower.Name}: {ended.Reason}");
                RemoveDownstream(ended.Stream);
                stream.End(ended.Reason);
            }
        }
        effects.Clear();
    }

    private void Hear(Notice notice)
    {
        if (IsTraced)
        {
            Say(TraceWords.Of(notice));
        }
        _cluster.Count(notice is Gap { Reason: var reason } ? $"Gap, {reason}" : notice.GetType().Name);
        switch (notice)
        {
            case Ready ready:
                Presenter.Ready(ready);
                break;
            case Gap gap:
                WasRemoved = true;
                Presenter.Jump(gap);
                break;
            case InDoubt doubt:
                for (ulong number = doubt.First; number <= doubt.Last; number++)
                {
                    _cluster.History.Find(doubt.Author, number)!.IsInDoubt = true;
                }
                break;
            case GuestGone gone:
                Guests.Gone(gone.Guest);
                break;
            case Diverged when Conduct.TellsOfDivergence():
                break;
            case Diverged or HostMisbehaved:
                _cluster.Check(false, this, notice.ToString()!);
                break;
            default:
                break;
        }
    }

    private void Count(PeerReply reply)
    {
        if (reply is SubmissionAccepted)
        {
            return;
        }
        _cluster.Count(reply is Refused { Reason: var no } ? $"Refused, {no}" : reply.GetType().Name);
    }
}
