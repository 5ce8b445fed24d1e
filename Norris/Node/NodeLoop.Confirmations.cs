using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Ordering;

namespace Norris.Node;

/// <summary>Who waits to learn where in the order a submission stands.</summary>
internal sealed partial class NodeLoop
{
    private readonly Dictionary<(MemberId Author, ulong Number), TaskCompletionSource<SubmitResult>> _confirmations = [];
    private readonly List<(MemberId Author, SequenceNumber UpTo)> _gone = [];

    /// <summary>For inputs: completes <paramref name="confirmation"/> when the submission has its place.</summary>
    public void AwaitOrder(MemberId author, ulong number, TaskCompletionSource<SubmitResult> confirmation) =>
        _confirmations.Add((author, number), confirmation);

    private void Confirm(in OrderedSubmission ordered)
    {
        Counters.OrderedHere++;
        if (ordered.SubmittedAt != Timestamp.Zero)
        {
            Counters.SubmissionDelay.Observe(Core.NetworkNow.Since(ordered.SubmittedAt));
        }
        if (_confirmations.Count > 0
            && _confirmations.Remove((ordered.Author, ordered.Number), out TaskCompletionSource<SubmitResult>? waiting))
        {
            waiting.SetResult(new SubmitResult(SubmitStatus.Ordered, ordered));
        }
    }

    /// <summary>A guest is back, perhaps as another member: its session, and whoever waits for what it submitted, follow.</summary>
    private void Follow(in ReturnedGuest returned)
    {
        MemberId before = returned.Before;
        if (before == returned.Now)
        {
            return;
        }
        Guests.Returned(before, returned.Now);
        foreach ((MemberId Author, ulong Number) key in _confirmations.Keys.Where(key => key.Author == before).ToArray())
        {
            _confirmations.Remove(key, out TaskCompletionSource<SubmitResult>? waiting);
            _confirmations.Add((returned.Now, key.Number), waiting!);
        }
    }

    /// <summary>Tells whoever waits for submissions that nobody knows about any more.</summary>
    private void GiveUpOnDoubtful(InDoubt doubt)
    {
        for (ulong number = doubt.First; number <= doubt.Last; number++)
        {
            if (_confirmations.Remove((doubt.Author, number), out TaskCompletionSource<SubmitResult>? waiting))
            {
                waiting.TrySetResult(new SubmitResult(SubmitStatus.Unknown, default));
            }
        }
        if (doubt.Author == Core.Self)
        {
            Presenter.Transcript?.InDoubt(doubt.First, doubt.Last);
        }
        string whose = doubt.Author == Core.Self ? "your" : $"{Core.FindGuest(doubt.Author)?.Name ?? "a guest"}'s";
        Presenter.Tell(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{doubt.Last - doubt.First + 1} of {whose} messages may or may not have been ordered while this node was away; they are not sent again"));
    }

    /// <summary>The log starts anew: places in the one before mean nothing any more.</summary>
    private void ForgetPlacesOfTheGone()
    {
        for (int i = 0; i < _gone.Count; i++)
        {
            _gone[i] = (_gone[i].Author, SequenceNumber.None);
        }
    }

    /// <summary>
    /// Tells whoever still waits for something that a guest submitted that it will not be seen, once everything up to the guest's
    /// leaving has been delivered: what had its place before is confirmed until then.
    /// <para>Prevents: a guest that is lost with a message on the way would leave its request without an answer for ever.</para>
    /// </summary>
    private void GiveUpOnTheGone()
    {
        for (int i = _gone.Count - 1; i >= 0; i--)
        {
            (MemberId author, SequenceNumber upTo) = _gone[i];
            if (Core.Deliverable < upTo)
            {
                continue;
            }
            _gone.RemoveAt(i);
            foreach ((MemberId Author, ulong Number) key in _confirmations.Keys.Where(key => key.Author == author).ToArray())
            {
                _confirmations.Remove(key, out TaskCompletionSource<SubmitResult>? waiting);
                waiting!.TrySetResult(new SubmitResult(SubmitStatus.Unknown, default));
            }
        }
    }
}
