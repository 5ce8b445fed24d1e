using System.Globalization;
using System.Text;
using Norris.Node;
using Norris.Terminal;
using Norris.Transport;

namespace Norris;

/// <summary>What the system gives the process: taken as far as it goes, and a plain last word where it does not reach.</summary>
internal static class ProcessLimits
{
    /// <summary>Less memory than this part of it is no reason to hold less of the log.</summary>
    private const int PartForLog = 4;

    // Made beforehand: there is no memory left to make it with.
    private static readonly byte[] OutOfMemory = Encoding.UTF8.GetBytes($"norris: {NodeEnd.OutOfMemory().Line}\n");

    /// <summary>
    /// Lifts the limit on open descriptors as far as it may be lifted without rights: each connection is one, and shells hand out few (1,024) for the sake of
    /// programs that select(2), which this one does not.
    /// </summary>
    /// <returns>How many may be open from now on; null where that is not known.</returns>
    public static int? LiftDescriptors()
    {
        var limit = default(ResourceLimit);
        if (!OperatingSystem.IsLinux() || LibC.GetResourceLimit(LibC.ResourceDescriptors, ref limit) != 0)
        {
            return null;
        }
        ResourceLimit lifted = limit with { Soft = limit.Hard };
        if (limit.Soft < limit.Hard && LibC.SetResourceLimit(LibC.ResourceDescriptors, ref lifted) == 0)
        {
            limit = lifted;
        }
        return (int)Math.Min(limit.Soft, int.MaxValue);
    }

    /// <summary>Has a process without memory end with one line and exit status 1, instead of a stack trace and a core dump.</summary>
    public static void EndPlainlyWithoutMemory() => AppDomain.CurrentDomain.UnhandledException += static (_, e) =>
    {
        if (e.ExceptionObject is OutOfMemoryException)
        {
            _ = StandardStreams.Write(StandardStreams.Error, OutOfMemory);
            try
            {
                // With whatever gives a person's terminal back.
                Environment.Exit(1);
            }
            catch (OutOfMemoryException)
            {
                LibC.ExitNow(1);
            }
        }
    };

    /// <summary>How much of the log a node holds that is not told otherwise: what the design asks for, or a quarter of the memory where that is less.</summary>
    /// <param name="memoryBytes">What the machine has, or the process may have.</param>
    /// <param name="designedBytes">What is held where there is enough of it.</param>
    /// <param name="leastBytes">What is held in any case.</param>
    public static long RetentionWithin(long memoryBytes, long designedBytes, long leastBytes) => Math.Clamp(memoryBytes / PartForLog, leastBytes, designedBytes);

    /// <summary>What is said of a retention that this machine can hardly hold; null where it can.</summary>
    public static string? WarnOf(long retentionBytes, long memoryBytes) => retentionBytes <= memoryBytes / 2 ? null : string.Create(CultureInfo.InvariantCulture,
        $"--retention {retentionBytes >> 20}MiB is more than half of the {memoryBytes >> 20}MiB of memory that there are, so a storm may end this node; give it less, or more memory");

    /// <summary>Why nobody is accepted, and what helps.</summary>
    /// <param name="trouble">What the listener met.</param>
    /// <param name="connectionsMax">How many connections it keeps open.</param>
    public static string Describe(AcceptTrouble trouble, int connectionsMax) => trouble switch
    {
        AcceptTrouble.Full => string.Create(CultureInfo.InvariantCulture,
            $"{connectionsMax} are open, as many as may be; others wait until somebody leaves (ulimit -n, or LimitNOFILE= of a service, allows more)"),
        AcceptTrouble.NoDescriptors => "no descriptor is left; allow more with ulimit -n, or LimitNOFILE= of a service",
        _ => "the machine has no memory for another one",
    };
}
