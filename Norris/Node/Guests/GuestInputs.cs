using Norris.Protocol.Membership;

namespace Norris.Node.Guests;

/// <summary>A program wants to take part through this node.</summary>
internal sealed class OpenGuestInput(ReadOnlyMemory<byte> name) : SubmitInput
{
    private GuestSession? _session;

    /// <summary>The session and the name that the guest was given, once it is in; or why there is none.</summary>
    public async ValueTask<(SubmitStatus Status, GuestSession? Session, string Name)> WaitAsync(NodeLoop loop)
    {
        SubmitResult result = await WaitAsync();
        if (result.Status != SubmitStatus.Ordered)
        {
            if (_session is { } never)
            {
                loop.Post(new QueryInput<bool>(
                    inner =>
                    {
                        inner.Guests.GiveUp(never);
                        return true;
                    },
                    true));
            }
            return (result.Status, null, "");
        }
        var begun = new QueryInput<string?>(inner => inner.Guests.TryBegin(_session!)?.Name, null);
        loop.Post(begun);
        return await begun.Answer is { } given ? (SubmitStatus.Ordered, _session, given) : (SubmitStatus.Unknown, null, "");
    }

    public override void Apply(NodeLoop loop)
    {
        if (loop.Guests.TryOpen(name.Span, loop.Now) is not var (session, number))
        {
            RefuseForNow(loop);
            return;
        }
        _session = session;
        Await(loop, loop.Core.Self, number);
    }
}

/// <summary>A guest says goodbye.</summary>
internal sealed class CloseGuestInput(MemberToken token, MemberId id) : SubmitInput
{
    public override void Apply(NodeLoop loop)
    {
        if (loop.Guests.Find(token, loop.Now) is not { } session || session.ToldId != id)
        {
            Refuse(SubmitStatus.UnknownToken);
        }
        else if (loop.Guests.TryLeave(session, LeaveReason.Left, out ulong number))
        {
            Await(loop, loop.Core.Self, number);
        }
        else
        {
            RefuseForNow(loop);
        }
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
