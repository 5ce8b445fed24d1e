using Norris.Protocol.Membership;

namespace Norris.Node;

/// <summary>A message as it was posted.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Number">Which of its guest's messages it is, counted from 1, if the guest counts them: then it is ordered once, however often it is posted.</param>
internal readonly record struct PostedMessage(ReadOnlyMemory<byte> Text, ulong? Number = null);

/// <summary>
/// Messages of the node's own (<paramref name="token"/> none) or of a guest's, whose author waits for their places. They are taken in their order; once
/// one is not, none after it is.
/// </summary>
internal sealed class PostInput(MemberToken token, IReadOnlyList<PostedMessage> messages) : NodeInput
{
    private readonly TaskCompletionSource<Task<SubmitResult>[]> _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What will come of each message.</summary>
    public Task<Task<SubmitResult>[]> Taken => _taken.Task;

    /// <summary>Waits for what came of the first.</summary>
    public async Task<SubmitResult> WaitAsync() => await (await Taken)[0];

    public override void Apply(NodeLoop loop)
    {
        Guests.GuestSession? session = null;
        if (token != MemberToken.None)
        {
            session = loop.Guests.Find(token, loop.Now);
            if (session is null)
            {
                Refuse(0, new SubmitResult(SubmitStatus.UnknownToken, default));
                return;
            }
        }
        var results = new Task<SubmitResult>[messages.Count];
        for (int i = 0; i < messages.Count; i++)
        {
            if (Post(loop, session, messages[i], out SubmitResult refused) is not { } result)
            {
                Refuse(i, refused, results);
                return;
            }
            results[i] = result;
        }
        _taken.SetResult(results);
    }

    public override void Abandon() => Refuse(0, new SubmitResult(SubmitStatus.NotIn, default));

    private static Task<SubmitResult>? Post(NodeLoop loop, Guests.GuestSession? session, in PostedMessage message, out SubmitResult refused)
    {
        refused = default;
        MemberId author = session?.Id ?? loop.Core.Self;
        if (session is not null && message.Number is { } asked && loop.Core.NextNumberOf(author) is { } next)
        {
            if (asked > next)
            {
                refused = new SubmitResult(SubmitStatus.OutOfTurn, default) { Next = next };
                return null;
            }
            if (asked < next)
            {
                return Again(loop, session, asked);
            }
        }
        if (!loop.Core.TrySubmitMessage(author, message.Text.Span, out ulong number))
        {
            loop.Counters.TurnedAway++;
            refused = new SubmitResult(SubmitInput.StatusForNow(loop), default);
            return null;
        }
        var confirmation = new TaskCompletionSource<SubmitResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.AwaitOrder(author, number, confirmation);
        if (message.Number is not null)
        {
            session?.Remember(number, confirmation.Task);
        }
        return confirmation.Task;
    }

    /// <summary>A message that the guest has posted before: what came of it, as far as that is known.</summary>
    private static Task<SubmitResult> Again(NodeLoop loop, Guests.GuestSession session, ulong number)
    {
        if (session.Find(number) is { } known && (!known.IsCompleted || known.Result.Status == SubmitStatus.Ordered))
        {
            return known;
        }
        SubmitStatus status = loop.Core.IsWaiting(session.Id, number) ? SubmitStatus.Unknown : SubmitStatus.Ordered;
        return Task.FromResult(new SubmitResult(status, default));
    }

    private void Refuse(int first, SubmitResult why, Task<SubmitResult>[]? results = null)
    {
        results ??= new Task<SubmitResult>[messages.Count];
        Array.Fill(results, Task.FromResult(why), first, results.Length - first);
        _taken.TrySetResult(results);
    }
}
