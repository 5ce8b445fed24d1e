using Norris.Protocol;
using Norris.Protocol.Membership;

namespace Norris.Node.Guests;

/// <summary>A program wants to take part through this node.</summary>
internal sealed class OpenGuestInput(ReadOnlyMemory<byte> name) : NodeInput
{
    private readonly TaskCompletionSource<OrderedSubmission> _ordered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GuestSession? _session;
    private SubmitStatus _refusal = SubmitStatus.Unknown;

    /// <summary>The session and the name that the guest was given, once it is in; or why there is none.</summary>
    public async ValueTask<(SubmitStatus Status, GuestSession? Session, string Name)> WaitAsync(NodeLoop loop)
    {
        OrderedSubmission ordered;
        try
        {
            ordered = await _ordered.Task;
        }
        catch (OperationCanceledException)
        {
            return (_refusal, null, "");
        }
        var opened = new QueryInput<string?>(
            inner => inner.Guests.TryBegin(_session!, ordered.Subject) ? inner.Core.View.Find(ordered.Subject)!.Name : null, null);
        loop.Post(opened);
        return await opened.Answer is { } given ? (SubmitStatus.Ordered, _session, given) : (SubmitStatus.Unknown, null, "");
    }

    public override void Apply(NodeLoop loop)
    {
        if (loop.Guests.TryOpen(name.Span, loop.Now) is not var (session, number))
        {
            _refusal = loop.Core.IsIn && !loop.IsLeaving ? SubmitStatus.Busy : SubmitStatus.NotIn;
            _ordered.SetCanceled();
            return;
        }
        _session = session;
        loop.AwaitOrder(loop.Core.Self, number, _ordered);
    }

    public override void Abandon()
    {
        _refusal = SubmitStatus.NotIn;
        _ordered.TrySetCanceled();
    }
}

/// <summary>A guest says goodbye.</summary>
internal sealed class CloseGuestInput(MemberToken token, MemberId id) : NodeInput
{
    private readonly TaskCompletionSource<OrderedSubmission> _ordered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SubmitStatus _refusal = SubmitStatus.Unknown;

    /// <summary>What came of it.</summary>
    public async ValueTask<SubmitStatus> WaitAsync()
    {
        try
        {
            await _ordered.Task;
            return SubmitStatus.Ordered;
        }
        catch (OperationCanceledException)
        {
            return _refusal;
        }
    }

    public override void Apply(NodeLoop loop)
    {
        GuestSession? session = loop.Guests.Find(token, loop.Now);
        if (session is null || session.Id != id)
        {
            _refusal = SubmitStatus.UnknownToken;
            _ordered.SetCanceled();
        }
        else if (loop.Guests.TryLeave(session, LeaveReason.Left, out ulong number))
        {
            loop.AwaitOrder(loop.Core.Self, number, _ordered);
        }
        else
        {
            _refusal = SubmitStatus.Busy;
            _ordered.SetCanceled();
        }
    }

    public override void Abandon()
    {
        _refusal = SubmitStatus.NotIn;
        _ordered.TrySetCanceled();
    }
}

/// <summary>A guest opens an event stream, or closes one. While it has one open it is alive.</summary>
internal sealed class GuestStreamInput(MemberToken token, int change) : NodeInput
{
    private readonly TaskCompletionSource<GuestSession?> _session = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The session, or null when no session has this token.</summary>
    public Task<GuestSession?> Session => _session.Task;

    public override void Apply(NodeLoop loop)
    {
        GuestSession? session = loop.Guests.Find(token, loop.Now);
        if (session is not null)
        {
            session.OpenStreams += change;
        }
        _session.SetResult(session);
    }

    public override void Abandon() => _session.TrySetResult(null);
}
