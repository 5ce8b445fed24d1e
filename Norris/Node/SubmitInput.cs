using Norris.Protocol;
using Norris.Protocol.Membership;

namespace Norris.Node;

/// <summary>What came of a wish to submit something.</summary>
internal enum SubmitStatus
{
    /// <summary>It was taken, and is ordered.</summary>
    Ordered,

    /// <summary>Too much waits: come back later. Nothing was taken.</summary>
    Busy,

    /// <summary>The node's side has no majority, where one is needed. Nothing was taken.</summary>
    NoMajority,

    /// <summary>The node is not in a view, or leaving. Nothing was taken.</summary>
    NotIn,

    /// <summary>The address has as many guests as it may. Nothing was taken.</summary>
    TooMany,

    /// <summary>No session has this token. Nothing was taken.</summary>
    UnknownToken,

    /// <summary>The guest counts its messages, and one before this one is missing. Nothing was taken.</summary>
    OutOfTurn,

    /// <summary>It was taken, but the node or the guest left before it was seen in the order.</summary>
    Unknown,
}

/// <summary>What came of it, and where it stands when it is ordered.</summary>
internal readonly record struct SubmitResult(SubmitStatus Status, OrderedSubmission Ordered)
{
    /// <summary>Out of turn: which number would be taken.</summary>
    public ulong Next { get; init; }
}

/// <summary>A wish to submit something, by somebody who waits to learn its place.</summary>
internal abstract class SubmitInput : NodeInput
{
    private readonly TaskCompletionSource<SubmitResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Waits for the outcome.</summary>
    public Task<SubmitResult> WaitAsync() => _result.Task;

    public override void Abandon() => Refuse(SubmitStatus.NotIn);

    /// <summary>It was taken under this number: its place is the outcome.</summary>
    protected void Await(NodeLoop loop, MemberId author, ulong number) => loop.AwaitOrder(author, number, _result);

    /// <summary>Nothing was taken; or there is nothing to wait for.</summary>
    protected void Refuse(SubmitStatus status) => _result.TrySetResult(new SubmitResult(status, default));

    /// <summary>The core took nothing: too much waits, there is no majority, or the node is not in.</summary>
    protected void RefuseForNow(NodeLoop loop) => Refuse(StatusForNow(loop));

    /// <summary>Why the core takes nothing.</summary>
    public static SubmitStatus StatusForNow(NodeLoop loop) =>
        !loop.Core.IsIn || loop.IsLeaving ? SubmitStatus.NotIn : loop.Core.HasMajority ? SubmitStatus.Busy : SubmitStatus.NoMajority;
}
