namespace Norris.Tests.Simulation;

/// <summary>A kind of trouble: one fault, or some that belong together.</summary>
internal enum Trouble
{
    StreamBreaks,
    NodeStalls,
    ClockJumps,
    NewcomerStarts,
    MemberLeaves,
    MemberCrashes,
    MemberFreezes,
    MemberIsCutOff,
    HostLeaves,
    SuccessorFails,
    HostCrashes,
    HostsCrashInARow,
    CandidateCrashes,
    CrashWhileLeaving,
    CrashWhileJoining,
    HostFreezes,
    HostIsCutOff,
    PowerFails,
    PairIsCut,
    PairIsCutOneWay,
    NodeIsDeaf,
    NodeIsMute,
    NodeSeesHalf,
    SplitInTwo,
    SplitInThree,
    LinkFlaps,
    NodeFlaps,
    LinkClogs,
    CallsAreLost,
    CallsAreRepeated,
    LinkSlows,
    CandidateFails,
    MergeIsDisturbed,
    MachineIsSuspended,
}

internal static class TroubleKinds
{
    /// <summary>Whether a plan of this kind may have this trouble.</summary>
    public static bool MayHappenIn(this Trouble trouble, PlanKind kind) => kind switch
    {
        PlanKind.CrashOnly => trouble is <= Trouble.MemberCrashes or Trouble.HostLeaves or (>= Trouble.HostCrashes and <= Trouble.CrashWhileJoining)
            or Trouble.CallsAreRepeated,
        _ => true,
    };
}
