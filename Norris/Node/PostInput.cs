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
    private readonly TaskCompletionSource<SubmitResult>[] _results =
        [.. messages.Select(static _ => new TaskCompletionSource<SubmitResult>(TaskCreationOptions.RunContinuationsAsynchronously))];
    private readonly TaskCompletionSource _looked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Until it was looked at: what was not taken has its result then.</summary>
    public Task Looked => _looked.Task;

    /// <summary>What comes of each message.</summary>
    public IEnumerable<Task<SubmitResult>> Results => _results.Select(static result => result.Task);

    /// <summary>Waits for what comes of the first.</summary>
    public Task<SubmitResult> WaitAsync() => _results[0].Task;

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
        for (int i = 0; i < messages.Count; i++)
        {
            if (!TryPost(loop, session, messages[i], _results[i], out SubmitResult refused))
            {
                Refuse(i, refused);
                return;
            }
        }
        _looked.SetResult();
    }

    public override void Abandon() => Refuse(0, new SubmitResult(SubmitStatus.NotIn, default));

    private static bool TryPost(
        NodeLoop loop, Guests.GuestSession? session, in PostedMessage message, TaskCompletionSource<SubmitResult> result, out SubmitResult refused)
    {
        refused = default;
        MemberId author = session?.Id ?? loop.Core.Self;
        if (session is not null && message.Number is { } asked && loop.Core.NextNumberOf(author) is { } next)
        {
            if (asked > next)
            {
                refused = new SubmitResult(SubmitStatus.OutOfTurn, default) { Next = next };
                return false;
            }
            if (asked < next)
            {
                AnswerAgain(loop, session, asked, result);
                return true;
            }
        }
        if (!loop.Core.TrySubmitMessage(author, message.Text.Span, out ulong number))
        {
            loop.Counters.TurnedAway++;
            refused = new SubmitResult(SubmitInput.StatusForNow(loop), default);
            return false;
        }
        loop.AwaitOrder(author, number, result);
        if (message.Number is not null)
        {
            session?.Remember(number, result.Task);
        }
        return true;
    }

    /// <summary>A message that the guest has posted before: what came of it, as far as that is known.</summary>
    private static void AnswerAgain(NodeLoop loop, Guests.GuestSession session, ulong number, TaskCompletionSource<SubmitResult> result)
    {
        if (session.Find(number) is { } known && (!known.IsCompleted || known.Result.Status == SubmitStatus.Ordered))
        {
            known.ContinueWith(
                static (done, waiting) => ((TaskCompletionSource<SubmitResult>)waiting!).SetResult(done.Result),
                result, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return;
        }
        SubmitStatus status = loop.Core.IsWaiting(session.Id, number) ? SubmitStatus.Unknown : SubmitStatus.Ordered;
        result.SetResult(new SubmitResult(status, default));
    }

    private void Refuse(int first, SubmitResult why)
    {
        foreach (TaskCompletionSource<SubmitResult> result in _results.AsSpan(first))
        {
            result.TrySetResult(why);
        }
        _looked.TrySetResult();
    }
}
