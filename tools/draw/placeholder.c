/* SPDX-License-Identifier: MIT */
/* To be replaced by the first file of this folder. */
typedef int dsc_folder_in_use;
