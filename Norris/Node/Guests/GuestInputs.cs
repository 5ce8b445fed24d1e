using System.Net;
using Norris.Protocol.Membership;

namespace Norris.Node.Guests;

/// <summary>A guest that has come in.</summary>
/// <param name="Id">Its member.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Token">What it proves itself with.</param>
/// <param name="Next">The number of its next message.</param>
internal readonly record struct OpenedGuest(MemberId Id, string Name, MemberToken Token, ulong Next);

/// <summary>
/// A program wants to take part through this node: as somebody new, or, with a <paramref name="token"/>, as who had it before. It is counted
/// by the address <paramref name="from"/> which it comes; null is this machine.
/// </summary>
internal sealed class OpenGuestInput(ReadOnlyMemory<byte> name, MemberToken token, IPAddress? from) : SubmitInput
{
    private GuestSession? _session;

    /// <summary>The guest, once it is in; or why it is not.</summary>
    public async ValueTask<(SubmitStatus Status, OpenedGuest Guest)> WaitAsync(NodeLoop loop)
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
            return (result.Status, default);
        }
        var begun = new QueryInput<OpenedGuest?>(inner => inner.Guests.TryBegin(_session!), null);
        loop.Post(begun);
        return await begun.Answer is { } guest ? (SubmitStatus.Ordered, guest) : (SubmitStatus.Unknown, default);
    }

    public override void Apply(NodeLoop loop)
    {
        if (token != MemberToken.None && loop.Guests.Has(token))
        {
            // It has a session here: a page that was loaded again, or a program that lost its connection.
            _session = loop.Guests.Find(token, loop.Now);
            Refuse(_session is null ? SubmitStatus.Unknown : SubmitStatus.Ordered);
            return;
        }
        if (loop.Guests.HasTooMany(from))
        {
            loop.Refusals.Count(Refusal.GuestsFromOneAddress);
            Refuse(SubmitStatus.TooMany);
            return;
        }
        if (loop.Guests.TryOpen(token, name.Span, loop.Now, from) is not var (session, number))
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
