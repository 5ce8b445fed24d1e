using System.Buffers;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;

namespace Norris.Protocol.Ordering;

/// <summary>
/// Brings what waits here to the host, with one request in flight, and tells how far this node has come. When the host does not answer
/// though its log comes in, it goes through another member.
/// </summary>
internal sealed class Submitter
{
    private const long PauseMicroseconds = 20_000;
    private const int SignAfterHeartbeats = 2;
    private const long ProbeMicroseconds = 2_000_000;

    /// <summary>So many signs of life may be under way: whoever is late with answers is not asked for ever more of them.</summary>
    private const int SignsMax = 3;

    private readonly CoreState _state;
    private readonly HostLink _link;
    private readonly HostChange _hostChange;
    private readonly ArrayBufferWriter<byte> _entries = new(4096);
    private CallId? _submitting;
    private string _submittedTo = "";
    private Timestamp _submittedAt;
    private Timestamp _submitAt;
    private long _submittedMark;
    private SequenceNumber _told;
    private bool _isRepeat;
    private bool _followsOnOthers;
    private readonly List<CallId> _signsUnderWay = [];
    private CallId? _sign;
    private Timestamp _signedAt;
    private SequenceNumber _signed;
    private int _signs;
    private CallId? _probe;
    private Timestamp _probedAt;
    private CallId? _report;
    private Timestamp _reportedAt;
    private SequenceNumber _reported;
    private string? _detour;
    private int _detours;

    public Submitter(CoreState state, HostLink link, HostChange hostChange)
    {
        (_state, _link, _hostChange) = (state, link, hostChange);
        _submitAt = state.Now;
        // What went to another host may not have arrived.
        _isRepeat = state.Outbox.Count > 0;
        state.Outbox.SendAgain();
    }

    /// <summary>True once the host said that it has what this node told of the offer that it was made.</summary>
    public bool IsOfferConfirmed { get; private set; }

    /// <summary>What an answer says that ends the following, if it does.</summary>
    public Refused? Refusal { get; private set; }

    /// <summary>When there is something to do.</summary>
    public Timestamp NextDeadline => _link.IsRelayed && ReportAt < SubmitAt ? ReportAt : SubmitAt;

    private Timestamp ReportAt => _reportedAt.Plus(_report is null ? TellMicroseconds : SignMicroseconds);

    /// <summary>
    /// After so long without an answer, a sign of life is due. Whoever is patient waits longer.
    /// <para>Prevents: the host has so much to do that it answers late; a thousand members ask it once more every 200 ms, on connections of their own.</para>
    /// </summary>
    private long SignMicroseconds => Math.Max(SignAfterHeartbeats * _state.Options.HeartbeatMicroseconds, _state.Options.TimeoutMicroseconds / 4);

    /// <summary>
    /// A word is due once a heartbeat; what others said that follow through this node waits for a quarter of that.
    /// <para>Prevents: at the lower end of a tree of many levels, each of which holds a word for a heartbeat, all are taken for lost.</para>
    /// </summary>
    private long TellMicroseconds => _state.Options.HeartbeatMicroseconds / (_state.Reports.HasAny ? 4 : 1);

    private Timestamp SubmitAt => _submitting switch
    {
        null when _state.Outbox.HasUnsent => _submitAt,
        _ when _link.IsRelayed => ReportAt,
        null => Timestamp.Max(_submitAt, _submittedAt.Plus(TellMicroseconds)),
        _ => Timestamp.Max(_submittedAt, _signedAt).Plus(SignMicroseconds),
    };

    /// <summary>Submits, or gives a sign of life, when that is due. Called while the log comes in.</summary>
    public void Advance()
    {
        if (_link.IsRelayed)
        {
            Report();
        }
        else if (_submitting is not null && _state.Now.Since(Timestamp.Max(_submittedAt, _signedAt)) >= SignMicroseconds)
        {
            GiveSign();
        }
        if (_submitting is null && _state.Now >= _submitAt && (_state.Outbox.HasUnsent || (!_link.IsRelayed && IsToldDue())))
        {
            Submit();
        }
        if ((_detour is not null || _link.SubmitHops > 0) && _probe is null && _state.Now.Since(_probedAt) >= ProbeMicroseconds
            && _state.View.HostMember is { } host)
        {
            // Is the short way good again?
            _probedAt = _state.Now;
            _probe = _state.Call(host.Address, Sign());
        }
    }

    /// <summary>The host took a submission, or not; or whoever was to pass it on.</summary>
    public void Answered(CallId call, PeerReply reply)
    {
        if (reply is SubmissionAccepted && (call == _submitting || _signsUnderWay.Contains(call) || call == _probe))
        {
            _link.Heard();
        }
        if (call == _probe)
        {
            _probe = null;
            if (reply is SubmissionAccepted)
            {
                _detour = null;
                _link.GoDirect();
            }
        }
        _signsUnderWay.Remove(call);
        if (call == _sign)
        {
            IsOfferConfirmed |= reply is SubmissionAccepted && _hostChange.IsOffer && _signed == _state.Log.Last;
        }
        if (call == _report)
        {
            _report = null;
            if (reply is SubmissionAccepted word)
            {
                _state.Clock.Observe(_reportedAt, word.TakenIn, word.Answered, _state.Now);
                _link.RelayHas(word.Last);
            }
            else if (reply is not Busy)
            {
                _link.LeaveRelay();
            }
        }
        if (call != _submitting)
        {
            return;
        }
        _submitting = null;
        switch (reply)
        {
            case SubmissionAccepted accepted:
                _state.Clock.Observe(_submittedAt, accepted.TakenIn, accepted.Answered, _state.Now);
                _isRepeat = false;
                IsOfferConfirmed |= _hostChange.IsOffer && _told == _state.Log.Last;
                break;
            case Busy busy:
                _state.Outbox.SendAgainFrom(_submittedMark);
                _isRepeat = true;
                _submitAt = _state.Now.Plus(busy.RetryAfterMicroseconds);
                _detour = null;
                break;
            case Redirected redirected:
                SubmitAgain();
                _link.Redirected(redirected.Address);
                break;
            case Refused { Reason: RefusalReason.NotAMember } when _link.IsOpen && _state.Quorum is null:
                // The word of that, and why, comes down the stream, behind what is on its way there.
                // Prevents: n is put out for being slow, hears first that its submission is not taken, leaves the stream, and is never told why.
                SubmitAgain();
                break;
            case Refused { Reason: RefusalReason.NotAMember or RefusalReason.NotIn }:
            case Refused { Reason: RefusalReason.Diverged } when _state.Quorum is not null:
                // The stream will hear the same, and who says it; one word alone may be that of another process at the host's address.
                SubmitAgain();
                _link.TryLater();
                break;
            case Refused { Reason: RefusalReason.Diverged } refused:
                Refusal = refused;
                break;
            case Refused { Reason: RefusalReason.OutOfTurn } when _followsOnOthers && !_state.Makes(Mistake.DoesNotSendAgain):
                // It goes on from what the host took, and has not any more.
                // Prevents: the host hears nothing of n, decides that n is lost, takes #55 to #98 of n just then, which is void as n is out, and has
                // n in again, who knows nothing of all that yet and says #99.
                SubmitAgain();
                break;
            default:
                SubmitAgain();
                _state.Notify(new HostMisbehaved(_link.Target, $"did not take a submission ({reply})"));
                break;
        }
    }

    /// <summary>
    /// No answer to a submission: it is sent again, and its numbers make that harmless. A refused connection says that the host is gone only
    /// when the host was asked.
    /// <para>Prevents: c speaks to host a through b; b dies; its machine refuses; c takes that for a's and reigns beside a, which is well.</para>
    /// </summary>
    public void Failed(CallId call, ExchangeFailure failure)
    {
        _signsUnderWay.Remove(call);
        if (call == _probe)
        {
            _probe = null;
        }
        if (call == _report)
        {
            _report = null;
            if (failure == ExchangeFailure.ConnectionRefused && _link.IsRelayed)
            {
                _link.LeaveRelay();
            }
        }
        if (call != _submitting)
        {
            return;
        }
        _submitting = null;
        SubmitAgain();
        bool isRefused = failure == ExchangeFailure.ConnectionRefused;
        if (isRefused && _link.IsOpen && _detour is null && _submittedTo == _link.SubmitTarget)
        {
            // Who follows through a relay asks the host itself then.
            _link.Lose(failure);
        }
        else if (isRefused)
        {
            _detour = null;
        }
        else if (failure is ExchangeFailure.TimedOut or ExchangeFailure.Unreachable)
        {
            _detour = _detour is null ? NextDetour() : null;
        }
    }

    /// <summary>What is on its way is not waited for: it goes to another host, or in another epoch.</summary>
    public void StartOver()
    {
        (_submitting, _sign, _probe, _report, _detour, IsOfferConfirmed) = (null, null, null, null, null, false);
        _signsUnderWay.Clear();
        if (!_state.Makes(Mistake.DoesNotSendAgain))
        {
            SubmitAgain();
        }
        _submitAt = _state.Now;
    }

    private void Submit()
    {
        _entries.ResetWrittenCount();
        (_submittedMark, _followsOnOthers) = (_state.Outbox.SentMark, _state.Outbox.HasSent);
        Timestamp oldest = _state.Outbox.TakeUnsent(_entries);
        Position position = Told;
        _told = position.Sequence;
        _submittedAt = _state.Now;
        _signs = 0;
        var submission = new Submission(
            _state.Self, _state.Token, _state.View.Host, position, _state.NetworkNow, _isRepeat ? Timestamp.Zero : oldest, _entries.WrittenMemory)
        {
            Hops = _detour is null ? _link.SubmitHops : PeerRequest.HopsMax,
            Reports = _link.IsRelayed ? [] : _state.Reports.TakeAll(),
        };
        _submittedTo = _detour ?? _link.SubmitTarget;
        _submitting = _state.Call(_submittedTo, submission);
    }

    /// <summary>
    /// A submission that takes long, or was lost, does not keep the host from hearing that this node is alive, and how far it is. Every
    /// other sign goes through another member, in case the way to the host is broken.
    /// <para>Prevents: b sends 256 kB over a slow line; the host hears nothing for a second and removes b; b comes back and sends them again.</para>
    /// <para>Prevents: b hears the host, and the host no longer hears b: b finds itself removed, joins again, and so on every second.</para>
    /// </summary>
    private void GiveSign()
    {
        _signedAt = _state.Now;
        if (_signsUnderWay.Count == SignsMax)
        {
            return;
        }
        Submission sign = Sign();
        _signed = sign.Position.Sequence;
        string? through = ++_signs % 2 == 0 ? NextDetour() : _detour;
        _sign = _state.Call(through ?? _link.SubmitTarget, sign with { Hops = through is null ? _link.SubmitHops : PeerRequest.HopsMax });
        _signsUnderWay.Add(_sign.Value);
    }

    /// <summary>
    /// Who follows through a relay tells it how far it is, and those that follow through this node; the relay tells that to the host together
    /// with what it hears of others. A word that takes long goes to the host itself.
    /// </summary>
    private void Report()
    {
        if (_report is not null && _state.Now >= ReportAt)
        {
            _report = null;
            GiveSign();
        }
        bool isDue = _state.Now >= ReportAt
            || (_state.Quorum is not null && (_reported != Told.Sequence || _state.Reports.HasAny));
        if (_report is not null || !isDue)
        {
            return;
        }
        if (_state.View.Find(_link.Relay) is not { } relay)
        {
            _link.LeaveRelay();
            return;
        }
        Submission sign = Sign();
        (_reportedAt, _reported) = (_state.Now, sign.Position.Sequence);
        _report = _state.Call(relay.Address, sign with { IsForRelay = true, Reports = _state.Reports.TakeAll() });
    }

    private Submission Sign() => new(_state.Self, _state.Token, _state.View.Host, Told, _state.NetworkNow, Timestamp.Zero, default);

    /// <summary>
    /// The others in turn, each node beginning with the one that follows it in seniority.
    /// <para>Prevents: the host is late, and all that it should have answered goes through the one member that is the most senior.</para>
    /// </summary>
    private string? NextDetour()
    {
        var ways = new List<string>();
        int first = 0;
        foreach (Member member in _state.View.BySeniority)
        {
            if (member.Id == _state.Self)
            {
                first = ways.Count;
            }
            else if (member.Kind == MemberKind.Node && member.Id != _state.View.Host)
            {
                ways.Add(member.Address);
            }
        }
        return ways.Count == 0 ? null : ways[(first + _detours++) % ways.Count];
    }

    /// <summary>What the host is told; to an offer of the reign, all that there is.</summary>
    private Position Told => _hostChange.IsOffer ? _state.Position : _state.Acknowledged;

    /// <summary>
    /// A position is told at once by the most senior follower, whose word lets the host show what it ordered; by the others with what
    /// they submit, or once a heartbeat.
    /// </summary>
    private bool IsToldDue() =>
        _state.Now.Since(_submittedAt) >= TellMicroseconds
        || (_state.Quorum is not null && _state.Reports.HasAny)
        || ((_hostChange.IsOffer || IsWitness()) && _told != Told.Sequence);

    private bool IsWitness()
    {
        if (_state.Options.Partition == PartitionRule.Majority)
        {
            return true;
        }
        foreach (Member member in _state.View.BySeniority)
        {
            if (member.Kind == MemberKind.Node && member.Id != _state.View.Host)
            {
                return member.Id == _state.Self;
            }
        }
        return false;
    }

    private void SubmitAgain()
    {
        _state.Outbox.SendAgain();
        _isRepeat = true;
        _submitAt = _state.Now.Plus(PauseMicroseconds);
    }
}
