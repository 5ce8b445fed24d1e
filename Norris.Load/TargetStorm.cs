using System.Diagnostics;
using System.Globalization;
using Norris.Load.Networks;
using Norris.Load.Verification;

namespace Norris.Load;

/// <summary>
/// A storm on nodes that are there already: guests come in through them, and each says its messages one after the other, as fast as they are ordered.
/// What is refused is said again. In the middle of it a command may be run, to do something to one of the machines.
/// </summary>
internal sealed class TargetStorm(StormOptions options)
{
    private static readonly TimeSpan RefusedPause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private long _ordered;
    private long _refused;
    private long _lastAt;
    private TimeSpan _longestPause;
    private Task<int>? _command;

    private long Total => (long)options.Messages * options.Nodes;

    /// <summary>Runs, and returns the report.</summary>
    /// <exception cref="ViolationException">A promise was broken, or the command failed.</exception>
    public async Task<string> RunAsync()
    {
        await using (var network = new TargetNetwork(options.Targets, options.Nodes, options.TextBytes))
        {
            try
            {
                await network.StartAsync();
                long start = _lastAt = Stopwatch.GetTimestamp();
                await Task.WhenAll(Enumerable.Range(0, options.Nodes).Select(turn => Task.Run(() => SpeakAsync(network.SpeakerAt(turn)!, network.Watch))));
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                int status = _command is null ? 0 : await _command;
                await network.SettleAsync();
                await network.LeaveAsync();
                return status == 0 ? Report(network, seconds) : throw new ViolationException($"--at-half {options.AtHalf}: ended with status {status}");
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                throw new ViolationException(network.Watch.Violation ?? $"a target does not answer: {e.Message}");
            }
        }
    }

    private async Task SpeakAsync(Voice voice, OrderWatch watch)
    {
        for (int said = 0; said < options.Messages && watch.Violation is null;)
        {
            Arrival arrival = await voice.SayAsync();
            if (arrival.Failure is null)
            {
                said++;
                Count();
            }
            else
            {
                Interlocked.Increment(ref _refused);
                await Task.Delay(RefusedPause);
            }
        }
    }

    private void Count()
    {
        lock (_gate)
        {
            long now = Stopwatch.GetTimestamp();
            TimeSpan pause = Stopwatch.GetElapsedTime(_lastAt, now);
            (_lastAt, _longestPause) = (now, pause > _longestPause ? pause : _longestPause);
            if (++_ordered == Total / 2 && options.AtHalf.Length > 0)
            {
                _command = RunCommandAsync();
            }
        }
    }

    private async Task<int> RunCommandAsync()
    {
        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"storm: {Total / 2:N0} messages; now: {options.AtHalf}"));
        using Process process = Process.Start(new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", options.AtHalf } })!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private string Report(TargetNetwork network, double seconds) => string.Create(CultureInfo.InvariantCulture, $"""
        storm: {network.Description}, {Total:N0} messages of {options.TextBytes} bytes each, one at a time for each guest

        {Total / seconds:N0} messages/s, every one at every guest in the same order; longest time without one {_longestPause.TotalMilliseconds:N0} ms, refused and said again {_refused:N0}
        every node that was asked stands at the same position with the same digest

        """);
}
