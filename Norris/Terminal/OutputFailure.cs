using System.Runtime.InteropServices;

namespace Norris.Terminal;

/// <summary>Why standard output takes nothing any more.</summary>
/// <param name="ErrorNumber">The C library's error number.</param>
internal sealed record OutputFailure(int ErrorNumber)
{
    /// <summary>Whether only the reader went away, as in <c>norris | head</c>: an ordinary end, about which nothing is said.</summary>
    public bool IsQuiet => ErrorNumber == LibC.Epipe;

    /// <summary>What to say on standard error, without a line end.</summary>
    public string Line => ErrorNumber switch
    {
        LibC.Epipe => "norris: nobody reads standard output any more",
        LibC.Enospc => "norris: cannot write to standard output: no space is left on the device",
        LibC.Eio => "norris: cannot write to standard output: input/output error",
        _ => $"norris: cannot write to standard output: {Marshal.GetPInvokeErrorMessage(ErrorNumber)}",
    };
}
