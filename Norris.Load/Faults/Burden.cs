using System.Diagnostics;
using System.Globalization;

namespace Norris.Load.Faults;

/// <summary>Processes that do nothing but keep every processor busy, and end with this one even if it is killed.</summary>
internal sealed class Burden : IDisposable
{
    private readonly Process[] _processes;

    /// <summary>Begins.</summary>
    public Burden()
    {
        string parent = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        string loop = $"while kill -0 {parent} 2>/dev/null; do i=0; while [ $i -lt 10000 ]; do i=$((i+1)); done; done";
        _processes = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Process.Start("/bin/sh", ["-c", loop])!)];
    }

    /// <summary>Ends.</summary>
    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }
    }
}
