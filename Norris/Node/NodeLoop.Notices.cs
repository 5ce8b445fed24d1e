using Microsoft.Extensions.Logging;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Node;

/// <summary>What the core wants people to know: told on the terminal, to the log on stderr, and to whoever waits for it.</summary>
internal sealed partial class NodeLoop
{
    /// <summary>What an exchange failure is called in a sentence.</summary>
    public static string Word(ExchangeFailure failure) => failure switch
    {
        ExchangeFailure.ConnectionRefused => "connection refused: nobody listens there",
        ExchangeFailure.Reset => "the connection broke",
        ExchangeFailure.TimedOut => "no answer in time",
        ExchangeFailure.Unreachable => "no route to it",
        ExchangeFailure.NameUnknown => "its name does not resolve",
        ExchangeFailure.NotNorris => "what answers there is not a Norris node of this version",
        ExchangeFailure.OtherRule => "the network there goes by the other --partition rule",
        _ => "no connection",
    };

    private void Heed(Notice notice)
    {
        switch (notice)
        {
            case Ready ready:
                LogReady(ready.Self, ready.Snapshot.Position);
                Presenter.Ready(ready);
                _ready.TrySetResult();
                break;
            case Gap gap:
                Counters.Gaps++;
                LogGap(gap.After.Value, gap.Snapshot.Position.Sequence.Next.Value);
                Presenter.Missed(gap);
                ForgetPlacesOfTheGone();
                break;
            case JoinAttemptFailed attempt:
                LogJoinAttempt(attempt.Address, attempt.Failure);
                break;
            case JoinFailed failed:
                Finish(new NodeEnd(NodeEndReason.CouldNotJoin, JoinFailure(failed)));
                break;
            case MajorityLost:
                LogMajorityLost();
                Presenter.Tell("no majority of the members can be reached: nothing is ordered here, and no message taken, until they can");
                break;
            case MajorityFound:
                LogMajorityFound();
                Presenter.Tell("a majority of the members is in touch again: messages are taken");
                break;
            case HostUnreachable unreachable:
                Counters.HostLost++;
                LogHostLost(unreachable.Address, unreachable.Failure);
                Presenter.Tell($"lost touch with the host at {unreachable.Address} ({Word(unreachable.Failure)}); trying to reach it again");
                break;
            case OutOfReach outOfReach:
                LogOutOfReach(outOfReach.Address);
                Presenter.Tell($"the host cannot reach this node at {outOfReach.Address}: it takes part, and cannot be host; "
                    + "open that port in the firewall, or start it with --advertise and an address that others reach");
                break;
            case HostReachable reachable:
                LogHostFound(reachable.Address);
                Presenter.Tell("in touch with the host again");
                break;
            case TakesOver takesOver:
                Counters.Takeovers++;
                LogTakesOver(takesOver.OldHost);
                break;
            case GoesOnAlone:
                LogGoesOnAlone();
                Presenter.Tell("none of the others is host, or lets this node in; going on alone until they are met again");
                break;
            case InDoubt doubt:
                LogInDoubt(doubt.Author, doubt.First, doubt.Last);
                GiveUpOnDoubtful(doubt);
                break;
            case Diverged diverged:
                Counters.Divergences++;
                LogDiverged(diverged.At, diverged.Own, diverged.Other);
                Presenter.Tell($"THE ORDER IS BROKEN at {diverged.At}: this node's digest is {diverged.Own}, another's {diverged.Other}");
                break;
            case HostMisbehaved misbehaved:
                LogMisbehaved(misbehaved.Address, misbehaved.What);
                break;
            case GuestGone guest:
                Guests.Gone(guest.Guest);
                _gone.Add((guest.Guest, Core.Log.Last));
                break;
            case SpokeForGuest spoke:
                LogSpoke(spoke.Guest, spoke.IsBack ? "back" : "gone", spoke.Number);
                break;
            case HasLeft:
                _hasLeft = true;
                break;
            default:
                break;
        }
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
        string what = failed.Failure == ExchangeFailure.NameUnknown
            ? Describe(failed.Failure)
            : $"cannot join through {failed.Address} ({Word(failed.Failure)})";
        long seconds = Settings.Core.JoinPatienceMicroseconds / 1_000_000;
        return $"{what}; tried for {seconds} s. Is a node running there, and is --join right?";
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "in the view as {Member} at {Position}")]
    private partial void LogReady(MemberId member, Position position);

    [LoggerMessage(Level = LogLevel.Warning, Message = "missed what is between {After} and {Before}")]
    private partial void LogGap(ulong after, ulong before);

    [LoggerMessage(Level = LogLevel.Warning, Message = "misses the host {Host}, and asks the others to let this node take over")]
    private partial void LogTakesOver(MemberId host);

    [LoggerMessage(Level = LogLevel.Warning, Message = "found nobody who is host, or would be, for too long, and goes on alone until the others are met again")]
    private partial void LogGoesOnAlone();

    [LoggerMessage(Level = LogLevel.Warning, Message = "nobody knows any more whether {Author}'s messages {First} to {Last} were ordered; they are not sent again")]
    private partial void LogInDoubt(MemberId author, ulong first, ulong last);

    [LoggerMessage(Level = LogLevel.Information, Message = "submits that its guest {Guest} is {Back}, as #{Number}")]
    private partial void LogSpoke(MemberId guest, string back, ulong number);

    [LoggerMessage(Level = LogLevel.Information, Message = "could not join through {Address}: {Why}")]
    private partial void LogJoinAttempt(string address, ExchangeFailure why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "no majority of the members can be reached; nothing is ordered on this side")]
    private partial void LogMajorityLost();

    [LoggerMessage(Level = LogLevel.Warning, Message = "a majority of the members is in touch again")]
    private partial void LogMajorityFound();

    [LoggerMessage(Level = LogLevel.Warning, Message = "lost touch with the host at {Address}: {Why}")]
    private partial void LogHostLost(string address, ExchangeFailure why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the host cannot reach this node at {Address}: it takes part, and cannot be host; open that port in the firewall, or start it with --advertise and an address that others reach")]
    private partial void LogOutOfReach(string address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "in touch with the host at {Address} again")]
    private partial void LogHostFound(string address);

    [LoggerMessage(Level = LogLevel.Critical, Message = "the order is broken at {Sequence}: digest {Own} here, {Other} at another node")]
    private partial void LogDiverged(SequenceNumber sequence, Digest own, Digest other);

    [LoggerMessage(Level = LogLevel.Error, Message = "the node at {Address} broke the protocol: it {What}")]
    private partial void LogMisbehaved(string address, string what);

    [LoggerMessage(Level = LogLevel.Critical, Message = "a bug of this node")]
    private partial void LogBroken(Exception bug);
}
