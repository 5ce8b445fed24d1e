using System.Globalization;

namespace Norris.Load.Nodes;

/// <summary>What <c>/proc/PID/status</c> says about the memory of a process (proc_pid_status(5)).</summary>
/// <param name="ResidentMebibytes">Resident now: VmRSS.</param>
/// <param name="PeakMebibytes">The most that ever was resident: VmHWM.</param>
internal readonly record struct ProcessMemory(double ResidentMebibytes, double PeakMebibytes)
{
    /// <summary>Asks the kernel about a process that lives.</summary>
    public static ProcessMemory Of(int processId) => Read(File.ReadAllText($"/proc/{processId}/status"));

    /// <summary>Reads the text of the file.</summary>
    public static ProcessMemory Read(string status) => new(Mebibytes(status, "VmRSS:"), Mebibytes(status, "VmHWM:"));

    // "VmRSS:	    1234 kB", where kB are units of 1,024 bytes.
    private static double Mebibytes(string status, string field)
    {
        foreach (ReadOnlySpan<char> line in status.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(field, StringComparison.Ordinal) && line.EndsWith("kB", StringComparison.Ordinal))
            {
                return double.Parse(line[field.Length..^2].Trim(), NumberStyles.None, CultureInfo.InvariantCulture) / 1024;
            }
        }
        throw new FormatException($"There is no {field} in /proc/PID/status.");
    }
}
