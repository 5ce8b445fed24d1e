using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Norris.Tests.Simulation;

/// <summary>Plays many seeds on all cores and adds up what happened.</summary>
internal sealed class Swarm(ulong firstSeed, PlanKind? kind)
{
    public const int FailuresMax = 20;

    private readonly Lock _lock = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly List<SimulationRun> _failed = [];
    private readonly SortedDictionary<string, long> _happened = new(StringComparer.Ordinal);
    private long _nextSeed = -1;
    private int _told;
    private long _seeds;
    private long _microseconds;
    private long _events;
    private long _entries;
    private long _checks;
    private long _ended;

    public bool HasFailed => _failed.Count > 0;

    /// <summary>Plays seeds until so many were played, or so long, or too many failed.</summary>
    public void Run(long seedsMax, TimeSpan timeMax)
    {
        var threads = new Thread[Environment.ProcessorCount];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() => Play(seedsMax, timeMax));
            threads[i].Start();
        }
        foreach (Thread thread in threads)
        {
            thread.Join();
        }
    }

    /// <summary>One line of how far it is, and one of what happened; and what failed since the last time.</summary>
    public string Describe(bool withDetails = true)
    {
        lock (_lock)
        {
            double seconds = _watch.Elapsed.TotalSeconds;
            string line = string.Create(
                CultureInfo.InvariantCulture,
                $"{seconds,6:F0} s: {_seeds} seeds ({_seeds / seconds:F0}/s), {_microseconds / 3.6e9:F2} simulated hours, {_events} events, {_entries} entries, "
                + $"{_checks} checks ({_checks / seconds / 1e6:F2} million/s), {_ended} networks ended, {_failed.Count} failures");
            for (; _told < _failed.Count; _told++)
            {
                line += $"\nseed {_failed[_told].Seed} ({_failed[_told].Plan.Kind}): {_failed[_told].Failure?.Split('\n')[0]}\n  replay: {Replay(_failed[_told])}";
            }
            return withDetails ? $"{line}\n{string.Join(", ", _happened.Select(static pair => $"{pair.Value} {pair.Key}"))}" : line;
        }
    }

    /// <summary>The failures, how to see them again, and the first one with the fewest faults.</summary>
    public string Report(int traceLines)
    {
        var report = new StringBuilder();
        _failed.Sort(static (a, b) => a.Seed.CompareTo(b.Seed));
        foreach (SimulationRun run in _failed)
        {
            report.Append(CultureInfo.InvariantCulture, $"seed {run.Seed} ({run.Plan.Kind}): {run.Failure}\n  replay: {Replay(run)}\n");
        }
        if (_failed.Count > 0)
        {
            report.Append(Explain(_failed[0], kind, traceLines));
        }
        return report.ToString();
    }

    /// <summary>What happens in a failed run with the fewest faults that make it fail.</summary>
    public static string Explain(SimulationRun failed, PlanKind? kind, int traceLines)
    {
        SimulationRun shrunk = Shrinker.Shrink(failed, kind, 100 * traceLines);
        return $"seed {shrunk.Seed} with {shrunk.Schedule.Count} of {failed.Schedule.Count} faults: {shrunk.Failure}\n"
            + $"faults:\n  {string.Join("\n  ", shrunk.Schedule)}\n{shrunk.ShortTrace(traceLines)}\n";
    }

    private string Replay(SimulationRun run) =>
        $"{(kind is null ? "" : $"NORRIS_PLAN={kind} ")}NORRIS_SEED={run.Seed} dotnet test -c Release --filter Every_promise_holds --logger \"console;verbosity=detailed\"";

    private void Play(long seedsMax, TimeSpan timeMax)
    {
        while (_watch.Elapsed < timeMax)
        {
            long number = Interlocked.Increment(ref _nextSeed);
            if (number >= seedsMax)
            {
                return;
            }
            var run = SimulationRun.Of(firstSeed + (ulong)number, kind);
            lock (_lock)
            {
                Add(run);
                if (_failed.Count >= FailuresMax)
                {
                    return;
                }
            }
        }
    }

    private void Add(SimulationRun run)
    {
        _seeds++;
        _microseconds += run.Microseconds;
        _events += run.Events;
        _entries += run.Entries;
        _checks += run.Checks;
        _ended += run.HasEnded ? 1 : 0;
        foreach ((string what, int times) in run.Happened)
        {
            _happened[what] = _happened.GetValueOrDefault(what) + times;
        }
        if (run.Failure is not null)
        {
            _failed.Add(run);
        }
    }
}
