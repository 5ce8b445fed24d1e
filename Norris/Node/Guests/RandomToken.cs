using System.Runtime.InteropServices;
using Norris.Protocol.Membership;

namespace Norris.Node.Guests;

/// <summary>
/// Tokens that nobody can guess: 128 bits from the kernel's generator, by the system call (getrandom, Linux 3.17). .NET's own ways read
/// a device file instead, which a minimal guest or an empty root folder does not have.
/// </summary>
internal static class RandomToken
{
    /// <summary>A fresh one.</summary>
    /// <exception cref="InvalidOperationException">The kernel has no generator.</exception>
    public static MemberToken Next()
    {
        Span<ulong> halves = stackalloc ulong[2];
        nint length = halves.Length * sizeof(ulong);
        do
        {
            if (GetRandom(ref halves[0], length, 0) != length)
            {
                throw new InvalidOperationException($"getrandom failed with error {Marshal.GetLastPInvokeError()}");
            }
        }
        while (halves[0] == 0 && halves[1] == 0);
        return new MemberToken(halves[0], halves[1]);
    }

    [DllImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    private static extern nint GetRandom(ref ulong buffer, nint length, uint flags);
}
