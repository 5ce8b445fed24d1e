using System.Diagnostics.CodeAnalysis;

namespace Norris.Protocol;

/// <summary>
/// Wrong versions of the protocol, for the simulation to be tried on: a net is as tight as what it catches. Each leaves out or turns round one
/// rule, where <see cref="CoreState.Makes"/> is asked. No node makes any, and the published binary has no trace of them.
/// </summary>
internal enum Mistake
{
    /// <summary>The right version.</summary>
    None,

    /// <summary>A candidate starts its epoch with what it has itself.</summary>
    TrustsItsOwnTail,

    /// <summary>Who promised a later epoch still takes what the old host sends.</summary>
    AcceptsTheOldEpoch,

    /// <summary>A promise is given, and not remembered.</summary>
    ForgetsItsPromise,

    /// <summary>An epoch is promised to whoever asks for it.</summary>
    PromisesAnEpochTwice,

    /// <summary>A candidate asks for the epoch after the last that it saw in the log, whatever it heard of.</summary>
    CountsEpochsByTheLog,

    /// <summary>Who hears the host promises all the same.</summary>
    DeposesAHostThatIsHeard,

    /// <summary>The new host leaves those in who did not promise.</summary>
    KeepsTheLost,

    /// <summary>A host goes on though a follower promised a later epoch to somebody who never reigned.</summary>
    NeverRenews,

    /// <summary>The host takes a submission as often as it comes.</summary>
    TakesRepeats,

    /// <summary>A new host does not start from the log's count of what each author sent.</summary>
    ForgetsNumbersAtTakeover,

    /// <summary>Who comes in does not learn how far each author is.</summary>
    SnapshotWithoutNumbers,

    /// <summary>Who comes in does not learn who was in before.</summary>
    SnapshotWithoutDeparted,

    /// <summary>The host lets a node that the log does not remember count from one again.</summary>
    CountsFromOneAgain,

    /// <summary>What was on its way to a host that is none any more is not sent to the next one, nor what a host says is missing there.</summary>
    DoesNotSendAgain,

    /// <summary>Nobody remembers what was shown by a log that was given up.</summary>
    ShowsTwice,

    /// <summary>Messages get their places as they come in.</summary>
    OrdersByArrival,

    /// <summary>Nothing is held back.</summary>
    DoesNotHoldBack,

    /// <summary>Times from the future are taken as they are.</summary>
    BelievesAnyTime,

    /// <summary>An author's times may go back.</summary>
    ForgetsTheAuthorsTime,

    /// <summary>What a host held back is still there when it reigns again.</summary>
    KeepsWhatItHeldBack,

    /// <summary>A new host reads its own clock instead of the network's.</summary>
    StartsTheClockAnew,

    /// <summary>The host shows what nobody else has.</summary>
    ShowsAtOnce,

    /// <summary>A leaving host goes without its successor's answer.</summary>
    HandsOverWithoutWaiting,

    /// <summary>A successor reigns as soon as it is offered to.</summary>
    TakesAnOfferAtOnce,

    /// <summary>A leaving host forgets what it holds back.</summary>
    LeavesWithoutOrdering,

    /// <summary>A newcomer is answered before anybody else knows of it.</summary>
    AnswersNewcomersAtOnce,

    /// <summary>A member is served from before it came.</summary>
    ServesFromBeforeJoining,

    /// <summary>Nobody compares digests.</summary>
    DoesNotCompareDigests,

    /// <summary>What is stable is counted without asking the others.</summary>
    CountsStableWithoutTheSlowest,

    /// <summary>The log lets go of what not everybody has.</summary>
    TrimsWhatIsNotStable,

    /// <summary>A host that meets a heavier side stays one.</summary>
    KeepsBothHosts,

    /// <summary>A host whose machine was suspended counts those for its side whom it heard before.</summary>
    WeighsFromMemory,

    /// <summary>A host joins a heavier side without waiting for its own.</summary>
    MergesWithoutWaiting,

    /// <summary>Nobody is found lost.</summary>
    RemovesNobody,

    /// <summary>A node is gone, and its guests stay.</summary>
    KeepsGuestsOfTheGone,

    /// <summary>A node that stood still finds the others silent.</summary>
    BlamesOthersForItsStall,

    /// <summary>With the majority rule: a candidate reigns with whoever promised, however few.</summary>
    ReignsWithoutAMajority,

    /// <summary>With the majority rule: only the last view counts, committed or not.</summary>
    CountsTheLastViewOnly,

    /// <summary>With the majority rule: a node goes back to a former host, though it took something of a later one.</summary>
    ForgetsWhatItFollowed,

    /// <summary>A host shows what only those have whom nobody can ask for it.</summary>
    CountsWhomNobodyReaches,

    /// <summary>A host hands over to a node that nobody can reach.</summary>
    HandsOverOutOfReach,

    /// <summary>A relay reports those that follow through it as being where it is itself.</summary>
    ReportsItsOwnPosition,

    /// <summary>A relay reports nobody.</summary>
    ReportsNobody,
}

/// <summary>Whether this build can make mistakes at all: only that of the tests can.</summary>
internal static class Mistakes
{
    [FeatureSwitchDefinition("Norris.Mistakes")]
    public static bool ArePossible { get; } = AppContext.TryGetSwitch("Norris.Mistakes", out bool isOn) && isOn;
}
