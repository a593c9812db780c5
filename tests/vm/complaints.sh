# SPDX-License-Identifier: GPL-2.0-or-later
# What a kernel logs when something is wrong with it, as a regular expression.
# shellcheck shell=bash disable=SC2034  # used by the scripts that source this file
complaints='BUG[ :]|BUG at |WARNING: |UBSAN:|Oops|Kernel panic|general protection fault'
complaints+='|[Uu]nable to handle|possible (circular|recursive) locking|possible irq lock inversion'
complaints+='|[Ii]nvalid wait context|inconsistent lock state|suspicious RCU usage|non-static key'
complaints+='|rcu.*(detected.*stall|self-detected|kthread starved)|blocked for more than'
complaints+='|(soft|hard) (lockup|LOCKUP)|workqueue lockup|[Ss]cheduling while atomic'
complaints+='|sleeping function called|list_(add|del) corruption|refcount_t: |ODEBUG: |Bad page|CFI failure at'
complaints+='|Unbalanced enable|nobody cared|leaking at least|No irq handler for vector'
complaints+='|unexpected IRQ trap|^guest check: '
