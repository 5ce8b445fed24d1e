using Microsoft.Extensions.Logging;
using Norris.Protocol;
using Norris.Protocol.Membership;
using Norris.Protocol.Messages;
using Norris.Protocol.Ordering;

namespace Norris.Node;

/// <summary>
/// What a node writes to its log (<c>--log-level</c>). Each message has a number and a name that stay as they are, so that machines may look for them;
/// <c>Norris/README.md</c> lists them.
/// </summary>
internal static partial class NodeLog
{
    [LoggerMessage(EventId = 1, EventName = "Ready", Level = LogLevel.Information, Message = "in the view as {Member} at {Position}")]
    public static partial void Ready(ILogger log, MemberId member, Position position);

    [LoggerMessage(EventId = 2, EventName = "JoinAttemptFailed", Level = LogLevel.Information, Message = "could not join through {Address}: {Why}")]
    public static partial void JoinAttemptFailed(ILogger log, string address, ExchangeFailure why);

    [LoggerMessage(EventId = 3, EventName = "RoleChanged", Level = LogLevel.Information, Message = "is {Role} now, and was {Before}")]
    public static partial void RoleChanged(ILogger log, NodeRole role, NodeRole before);

    [LoggerMessage(EventId = 4, EventName = "Gap", Level = LogLevel.Warning, Message = "missed what is between {After} and {Before}")]
    public static partial void Gap(ILogger log, ulong after, ulong before);

    [LoggerMessage(EventId = 5, EventName = "SegmentFound", Level = LogLevel.Information, Message = "found a node at {Address} on this segment")]
    public static partial void SegmentFound(ILogger log, string address);

    [LoggerMessage(EventId = 6, EventName = "SegmentBegun", Level = LogLevel.Information, Message = "nobody found on this segment is in a network; started one")]
    public static partial void SegmentBegun(ILogger log);

    [LoggerMessage(EventId = 7, EventName = "WrongClock", Level = LogLevel.Information, Message = "the network's clock is {Offset} us ahead of this machine's")]
    public static partial void WrongClock(ILogger log, long offset);

    [LoggerMessage(EventId = 10, EventName = "HostLost", Level = LogLevel.Warning, Message = "lost touch with the host at {Address}: {Why}")]
    public static partial void HostLost(ILogger log, string address, ExchangeFailure why);

    [LoggerMessage(EventId = 11, EventName = "HostFound", Level = LogLevel.Warning, Message = "in touch with the host at {Address} again")]
    public static partial void HostFound(ILogger log, string address);

    [LoggerMessage(EventId = 12, EventName = "TakesOver", Level = LogLevel.Warning, Message = "misses the host {Host}, and asks the others to let this node take over")]
    public static partial void TakesOver(ILogger log, MemberId host);

    [LoggerMessage(EventId = 13, EventName = "GoesOnAlone", Level = LogLevel.Warning,
        Message = "found nobody who is host, or would be, for too long, and goes on alone until the others are met again")]
    public static partial void GoesOnAlone(ILogger log);

    [LoggerMessage(EventId = 14, EventName = "MajorityLost", Level = LogLevel.Warning, Message = "no majority of the members can be reached; nothing is ordered on this side")]
    public static partial void MajorityLost(ILogger log);

    [LoggerMessage(EventId = 15, EventName = "MajorityFound", Level = LogLevel.Warning, Message = "a majority of the members is in touch again")]
    public static partial void MajorityFound(ILogger log);

    [LoggerMessage(EventId = 16, EventName = "OutOfReach", Level = LogLevel.Warning,
        Message = "the host cannot reach this node at {Address}: it takes part, and cannot be host; open that port in the firewall, or start it with --advertise and an address that others reach")]
    public static partial void OutOfReach(ILogger log, string address);

    [LoggerMessage(EventId = 17, EventName = "StoodStill", Level = LogLevel.Warning, Message = "stood still for {Microseconds} us: the machine was suspended, or is overloaded")]
    public static partial void StoodStill(ILogger log, long microseconds);

    [LoggerMessage(EventId = 20, EventName = "MemberJoined", Level = LogLevel.Information, Message = "#{Sequence}: {Name} ({Member}) joined")]
    public static partial void MemberJoined(ILogger log, SequenceNumber sequence, string name, MemberId member);

    [LoggerMessage(EventId = 21, EventName = "MemberLeft", Level = LogLevel.Information, Message = "#{Sequence}: {Name} ({Member}) is gone: {Reason}")]
    public static partial void MemberLeft(ILogger log, SequenceNumber sequence, string name, MemberId member, LeaveReason reason);

    [LoggerMessage(EventId = 22, EventName = "MemberRenamed", Level = LogLevel.Information, Message = "#{Sequence}: {Name} ({Member}) is {NewName} now")]
    public static partial void MemberRenamed(ILogger log, SequenceNumber sequence, string name, MemberId member, string newName);

    [LoggerMessage(EventId = 23, EventName = "EpochStarted", Level = LogLevel.Information, Message = "#{Sequence}: epoch {Epoch} begins, with {Name} ({Member}) as host")]
    public static partial void EpochStarted(ILogger log, SequenceNumber sequence, Epoch epoch, string name, MemberId member);

    [LoggerMessage(EventId = 30, EventName = "InDoubt", Level = LogLevel.Warning,
        Message = "nobody knows any more whether {Author}'s messages {First} to {Last} were ordered; they are not sent again")]
    public static partial void InDoubt(ILogger log, MemberId author, ulong first, ulong last);

    [LoggerMessage(EventId = 31, EventName = "SpokeForGuest", Level = LogLevel.Information, Message = "submits that its guest {Guest} is {Back}, as #{Number}")]
    public static partial void SpokeForGuest(ILogger log, MemberId guest, string back, ulong number);

    [LoggerMessage(EventId = 40, EventName = "PeerRefused", Level = LogLevel.Debug, Message = "refused what another node asked: {Reason}")]
    public static partial void PeerRefused(ILogger log, RefusalReason reason);

    [LoggerMessage(EventId = 41, EventName = "PeerMisbehaved", Level = LogLevel.Error, Message = "the node at {Address} broke the protocol: it {What}")]
    public static partial void PeerMisbehaved(ILogger log, string address, string what);

    [LoggerMessage(EventId = 50, EventName = "Diverged", Level = LogLevel.Critical, Message = "the order is broken at {Sequence}: digest {Own} here, {Other} at another node")]
    public static partial void Diverged(ILogger log, SequenceNumber sequence, Digest own, Digest other);

    [LoggerMessage(EventId = 51, EventName = "Broken", Level = LogLevel.Critical, Message = "a bug of this node")]
    public static partial void Broken(ILogger log, Exception bug);
}
