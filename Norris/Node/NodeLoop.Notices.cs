using System.Globalization;
using Norris.Node.Measures;
using Norris.Protocol;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Node;

/// <summary>What the core wants people to know: told on the terminal, to the log on stderr, and to whoever waits for it.</summary>
internal sealed partial class NodeLoop
{
    /// <summary>From how far off on the machine's clock is called wrong.</summary>
    private static readonly TimeSpan WrongClockMin = TimeSpan.FromSeconds(5);

    /// <summary>How long joining may take before it is told why, in microseconds.</summary>
    private const long JoinSilenceMicroseconds = 1_500_000;

    private readonly HashSet<(string Address, ExchangeFailure Failure)> _toldAttempts = [];
    private readonly TouchNotice _touch = new();
    private Timestamp? _joiningSince;

    /// <summary>What an exchange failure is called in a sentence.</summary>
    public static string Word(ExchangeFailure failure) => failure switch
    {
        ExchangeFailure.ConnectionRefused => "connection refused: nobody listens there",
        ExchangeFailure.Reset => "the connection broke",
        ExchangeFailure.TimedOut => "no answer in time",
        ExchangeFailure.Unreachable => "no route to it",
        ExchangeFailure.NameUnknown => "its name does not resolve",
        ExchangeFailure.NotNorris => "what answers there is not a Norris node",
        ExchangeFailure.OtherVersion => "the node there speaks another version of the protocol",
        ExchangeFailure.OtherRule => "the network there goes by the other --partition rule",
        ExchangeFailure.OtherSecret => "the network there has another secret",
        ExchangeFailure.NeedsSecret => "the network there has a secret, and this node none",
        ExchangeFailure.IsOpen => "what answers there has no secret, and this node one",
        _ => "no connection",
    };

    private void Heed(Notice notice)
    {
        switch (notice)
        {
            case Ready ready:
                NodeLog.Ready(_log, ready.Self, ready.Snapshot.Position);
                Presenter.Ready(ready);
                TellWrongClock();
                ForgetAttempts();
                _ready.TrySetResult();
                break;
            case Gap gap:
                Counters.Gaps++;
                NodeLog.Gap(_log, gap.After.Value, gap.Snapshot.Position.Sequence.Next.Value);
                Presenter.Missed(gap);
                ForgetAttempts();
                ForgetPlacesOfTheGone();
                break;
            case JoinAttemptFailed attempt:
                NodeLog.JoinAttemptFailed(_log, attempt.Address, attempt.Failure);
                TellWaitingToJoin(attempt);
                break;
            case JoinFailed failed:
                Finish(new NodeEnd(NodeEndReason.CouldNotJoin, JoinFailure(failed)));
                break;
            case MajorityLost:
                NodeLog.MajorityLost(_log);
                Presenter.Tell("no majority of the members can be reached: nothing is ordered here, and no message taken, until they can");
                break;
            case MajorityFound:
                NodeLog.MajorityFound(_log);
                Presenter.Tell("a majority of the members is in touch again: messages are taken");
                break;
            case HostUnreachable unreachable:
                Counters.HostLost.Began(_clock.Now);
                NodeLog.HostLost(_log, unreachable.Address, unreachable.Failure);
                _touch.Lost($"lost touch with the host at {unreachable.Address} ({Word(unreachable.Failure)}); trying to reach it again", _clock.Now);
                break;
            case OutOfReach outOfReach:
                NodeLog.OutOfReach(_log, outOfReach.Address);
                Presenter.Tell($"the host cannot reach this node at {outOfReach.Address}: it takes part, and cannot be host; "
                    + "open that port in the firewall, or start it with --advertise and an address that others reach");
                break;
            case HostReachable reachable:
                NodeLog.HostFound(_log, reachable.Address);
                if (_touch.Found())
                {
                    Presenter.Tell("in touch with the host again");
                }
                break;
            case StoodStill stall:
                NodeLog.StoodStill(_log, stall.Microseconds);
                if (Counters.Stalls.Note(stall.Microseconds, Settings.Core.TimeoutMicroseconds, _clock.Now) is { } still)
                {
                    Presenter.Tell(still);
                }
                break;
            case TakesOver takesOver:
                Counters.Takeovers.Began(_clock.Now);
                NodeLog.TakesOver(_log, takesOver.OldHost);
                break;
            case GoesOnAlone:
                NodeLog.GoesOnAlone(_log);
                Presenter.Tell("none of the others is host, or lets this node in; going on alone until they are met again");
                break;
            case InDoubt doubt:
                NodeLog.InDoubt(_log, doubt.Author, doubt.First, doubt.Last);
                GiveUpOnDoubtful(doubt);
                break;
            case Diverged diverged:
                Counters.Divergences++;
                NodeLog.Diverged(_log, diverged.At, diverged.Own, diverged.Other);
                Presenter.Tell($"THE ORDER IS BROKEN at {diverged.At}: this node's digest is {diverged.Own}, another's {diverged.Other}");
                break;
            case HostMisbehaved misbehaved:
                NodeLog.PeerMisbehaved(_log, misbehaved.Address, misbehaved.What);
                break;
            case GuestGone guest:
                Guests.Gone(guest.Guest);
                _gone.Add((guest.Guest, Core.Log.Last));
                break;
            case SpokeForGuest spoke:
                NodeLog.SpokeForGuest(_log, spoke.Guest, spoke.IsBack ? "back" : "gone", spoke.Number);
                break;
            case HasLeft:
                _hasLeft = true;
                break;
            default:
                break;
        }
    }

    /// <summary>A clock that is wrong disturbs nobody here, but whoever looks after the machine should know.</summary>
    private void TellWrongClock()
    {
        var ahead = TimeSpan.FromMicroseconds(-Core.Clock.OffsetMicroseconds);
        if (ahead.Duration() < WrongClockMin)
        {
            return;
        }
        string by = ahead.Duration().ToString(ahead.Duration().Days > 0 ? @"d' d 'h' h'" : ahead.Duration().Hours > 0 ? @"h' h 'm' min'" : @"m' min 's' s'", CultureInfo.InvariantCulture);
        NodeLog.WrongClock(_log, Core.Clock.OffsetMicroseconds);
        Presenter.Tell(
            $"this machine's clock is {by} {(ahead > TimeSpan.Zero ? "ahead of" : "behind")} the network's, whose times are shown here; that disturbs nobody, but one of the two should be set (NTP)");
    }

    private void ForgetAttempts()
    {
        _joiningSince = null;
        _toldAttempts.Clear();
    }

    private string Describe(ExchangeFailure failure) =>
        failure == ExchangeFailure.NameUnknown && _addresses.LastFailure is { } detail ? detail : Word(failure);

    private string JoinFailure(JoinFailed failed)
    {
        if (failed.Failure == ExchangeFailure.OtherRule)
        {
            (string own, string other) = Settings.Core.Partition == PartitionRule.Continue ? ("continue", "majority") : ("majority", "continue");
            return $"cannot join through {failed.Address}: the network there goes by --partition {other}, and this node by --partition {own}; "
                + $"start it with --partition {other}";
        }
        string? aboutSecret = failed.Failure switch
        {
            ExchangeFailure.OtherSecret => "the network there has another secret; start this node with the --secret-file of that network",
            ExchangeFailure.NeedsSecret => "the network there has a secret; start this node with its --secret-file",
            ExchangeFailure.IsOpen => "what answers there has no secret: it is an open network, which is joined without --secret-file, or no Norris node",
            _ => null,
        };
        if (aboutSecret is not null)
        {
            return $"cannot join through {failed.Address}: {aboutSecret}";
        }
        string what = failed.Failure == ExchangeFailure.NameUnknown
            ? Describe(failed.Failure)
            : $"cannot join through {failed.Address} ({Word(failed.Failure)})";
        long seconds = Settings.Core.JoinPatienceMicroseconds / 1_000_000;
        return $"{what}; tried for {seconds} s. {Remedy(failed.Failure)}";
    }

    /// <summary>What somebody can do who cannot join.</summary>
    private static string Remedy(ExchangeFailure failure) => failure switch
    {
        ExchangeFailure.ConnectionRefused => "Start a node there, or give the address of one that runs with --join",
        ExchangeFailure.TimedOut => "Is the machine up, and does every firewall on the way let that port through?",
        ExchangeFailure.Unreachable => "Is this machine's network up, and the address right?",
        ExchangeFailure.NameUnknown => "Give the address instead, or have the name in /etc/hosts",
        ExchangeFailure.NotNorris => "Is it the right port?",
        ExchangeFailure.OtherVersion => "norris --version, there and here, must name the same one",
        _ => "Is a node running there, and is --join right?",
    };

    /// <summary>Whoever waits for seconds is told for what, once for each address and reason.</summary>
    private void TellWaitingToJoin(JoinAttemptFailed attempt)
    {
        _joiningSince ??= Now;
        if (Now.Since(_joiningSince.Value) >= JoinSilenceMicroseconds && _toldAttempts.Add((attempt.Address, attempt.Failure)))
        {
            Presenter.Tell($"cannot join through {attempt.Address} yet ({Word(attempt.Failure)}); trying on");
        }
    }
}
