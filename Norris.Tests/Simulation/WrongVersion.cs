using Norris.Protocol;

namespace Norris.Tests.Simulation;

/// <summary>A wrong version of the protocol, and what it takes to catch it.</summary>
/// <param name="Mistake">What is wrong.</param>
/// <param name="Kind">The kind of plan that shows it best; null for the swarm as it is.</param>
/// <param name="Seeds">How many seeds from 1 on it took to see it fail as expected.</param>
/// <param name="Broken">Words of the promise that it breaks.</param>
internal sealed record WrongVersion(Mistake Mistake, PlanKind? Kind, ulong Seeds, string Broken)
{
    /// <summary>So many seeds at most.</summary>
    public const ulong SeedsMax = 3000;

    public static IReadOnlyList<WrongVersion> All { get; } =
    [
        new(Mistake.TrustsItsOwnTail, PlanKind.CrashOnly, 8, "P1, P5"),
        new(Mistake.AcceptsTheOldEpoch, PlanKind.Continue, 3858, "P5"),
        new(Mistake.ForgetsItsPromise, PlanKind.Continue, 177, "P1"),
        new(Mistake.PromisesAnEpochTwice, PlanKind.Continue, 177, "P1"),
        new(Mistake.CountsEpochsByTheLog, PlanKind.CrashOnly, 38, "P6"),
        new(Mistake.DeposesAHostThatIsHeard, PlanKind.Continue, 6, "P6"),
        new(Mistake.KeepsTheLost, PlanKind.Continue, 156, "P5"),
        new(Mistake.NeverRenews, PlanKind.Continue, 263, "comes to rest"),
        new(Mistake.TakesRepeats, PlanKind.CrashOnly, 1, "follows from the log"),
        new(Mistake.ForgetsNumbersAtTakeover, PlanKind.CrashOnly, 1, "OutOfTurn"),
        new(Mistake.SnapshotWithoutNumbers, PlanKind.CrashOnly, 1, "does not follow from the log"),
        new(Mistake.SnapshotWithoutDeparted, PlanKind.Continue, 2, "comes to rest"),
        new(Mistake.CountsFromOneAgain, PlanKind.Continue, 5, "did not take a submission"),
        new(Mistake.DoesNotSendAgain, PlanKind.CrashOnly, 7, "OutOfTurn"),
        new(Mistake.ShowsTwice, PlanKind.Continue, 133, "P4"),
        new(Mistake.OrdersByArrival, null, 2, "P2"),
        new(Mistake.DoesNotHoldBack, null, 4, "P2"),
        new(Mistake.BelievesAnyTime, PlanKind.CrashOnly, 3, "P2"),
        new(Mistake.ForgetsTheAuthorsTime, PlanKind.CrashOnly, 8, "follows from the log"),
        new(Mistake.KeepsWhatItHeldBack, PlanKind.Continue, 1850, "follows from the log"),
        new(Mistake.StartsTheClockAnew, PlanKind.Continue, 5, "P2"),
        new(Mistake.ShowsAtOnce, null, 1, "shows what nobody else has"),
        new(Mistake.HandsOverWithoutWaiting, PlanKind.Continue, 2, "P4, P6"),
        new(Mistake.TakesAnOfferAtOnce, PlanKind.Continue, 176, "P1"),
        new(Mistake.LeavesWithoutOrdering, PlanKind.CrashOnly, 1, "P4"),
        new(Mistake.AnswersNewcomersAtOnce, PlanKind.Continue, 1, "P7"),
        new(Mistake.ServesFromBeforeJoining, PlanKind.Continue, 1, "P8"),
        new(Mistake.DoesNotCompareDigests, PlanKind.Continue, 30, "P10"),
        new(Mistake.CountsStableWithoutTheSlowest, PlanKind.CrashOnly, 1, "as stable, which"),
        new(Mistake.TrimsWhatIsNotStable, PlanKind.CrashOnly, 27, "what is not stable"),
        new(Mistake.KeepsBothHosts, PlanKind.Continue, 3, "comes to rest"),
        new(Mistake.MergesWithoutWaiting, PlanKind.Continue, 56, "P5"),
        new(Mistake.RemovesNobody, null, 7, "comes to rest"),
        new(Mistake.KeepsGuestsOfTheGone, null, 6, "comes to rest"),
        new(Mistake.BlamesOthersForItsStall, PlanKind.CrashOnly, 8, "P5"),
        new(Mistake.ReignsWithoutAMajority, PlanKind.Majority, 70, "comes to rest"),
        new(Mistake.CountsTheLastViewOnly, PlanKind.Majority, 1299, "P1, P5"),
        new(Mistake.CountsWhomNobodyReaches, null, 12, "shows what nobody else has"),
        new(Mistake.HandsOverOutOfReach, null, 197, "whom nobody reaches"),
        new(Mistake.ReportsItsOwnPosition, null, 5, "as stable, which"),
        new(Mistake.ReportsNobody, null, 2, "comes to rest"),
    ];

    /// <summary>The wrong versions that no seed of the swarm is known to show: a test that tells a story catches each.</summary>
    public static IReadOnlyList<Mistake> CaughtByStories { get; } = [Mistake.WeighsFromMemory, Mistake.ForgetsWhatItFollowed];

    /// <summary>The run that breaks the promise expected: that of the seed which is known to, or else the first one from 1 on.</summary>
    public SimulationRun? FindCaught()
    {
        SimulationRun known = Play(Seeds);
        return IsCaught(known) ? known : FindFirst(IsCaught, SeedsMax);
    }

    /// <summary>The first run from seed 1 on that is as asked for.</summary>
    public SimulationRun? FindFirst(Func<SimulationRun, bool> isWanted, ulong seedsMax)
    {
        for (ulong seed = 1; seed <= seedsMax; seed++)
        {
            SimulationRun run = Play(seed);
            if (isWanted(run))
            {
                return run;
            }
        }
        return null;
    }

    public bool IsCaught(SimulationRun run) => run.Failure?.Contains(Broken, StringComparison.Ordinal) == true;

    /// <summary>The same seed, in the right version.</summary>
    public SimulationRun PlayRight(ulong seed) => SimulationRun.Of(seed, Kind);

    private SimulationRun Play(ulong seed) => SimulationRun.Of(seed, Kind, mistake: Mistake);
}
